package fleet.policies["no-public-endpoint"]

import data.fleet.environments

exempt if not environments.protected

violation contains {
	"fact": "endpoint.public",
	"message": sprintf(
		"its API answers outside the network, and %s is protected. Set controlPlane.endpoint to private.",
		[input.subject.environment.name],
	),
} if {
	input.subject.endpoint.public
}
