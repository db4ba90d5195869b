package fleet.policies["three-zones"]

violation contains {
	"fact": "zones",
	"message": sprintf(
		"it lies in %d zones (%s), and losing one must leave a majority: %d are required. Name more in `zones`.",
		[count(zones), concat(", ", zones), input.parameters.zones],
	),
} if {
	count(zones) < input.parameters.zones
}

zones := {zone | some zone in input.subject.zones}
