package fleet.policies["deletion-protection"]

import data.fleet.environments

exempt if not environments.protected

exempt if input.subject.retiring

violation contains {
	"fact": "deletionProtection",
	"message": sprintf(
		"the cloud would delete it when asked, and %s is to be protected. Set `protect: true` in the environment.",
		[input.subject.environment.name],
	),
} if {
	not input.subject.deletionProtection
}
