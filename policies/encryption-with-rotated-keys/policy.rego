package fleet.policies["encryption-with-rotated-keys"]

violation contains {
	"fact": "encryption.secretsKey",
	"message": "its Secrets are not encrypted with a key of the fleet's own. Encrypt them with the cluster's key.",
} if {
	input.subject.kind == "cluster"
	not input.subject.encryption.secretsKey
}

violation contains {
	"fact": "rotation.enabled",
	"message": sprintf("it is never rotated. Rotate it at least every %d days.", [input.parameters.maxRotationDays]),
} if {
	input.subject.kind == "key"
	not input.subject.rotation.enabled
}

violation contains {
	"fact": "rotation.days",
	"message": sprintf(
		"it is rotated every %d days only. Rotate it at least every %d.",
		[input.subject.rotation.days, input.parameters.maxRotationDays],
	),
} if {
	input.subject.rotation.days > input.parameters.maxRotationDays
}
