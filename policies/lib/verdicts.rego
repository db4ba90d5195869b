# Asks policies about subjects. A policy sees of a subject its identity and those facts it declares that are known, so that no fact is
# read unnoticed; a declared fact that is not known leaves the verdict open, unless another one is violated already.
#
# input.subjects: documents; input.facts: policy -> kind -> paths of the facts it declares, as "endpoint.public";
# input.checks: [{policy, subject: its index, parameters}]. results: one a check, in order.
package fleet.verdicts

results := [result |
	some check in input.checks
	subject := input.subjects[check.subject]
	unknown := unknown_facts(subject, input.facts[check.policy][subject.kind])
	asked := {
		"subject": json.remove(visible(subject, input.facts[check.policy][subject.kind]), pointers(object.keys(unknown))),
		"parameters": check.parameters,
	}
	violations := data.fleet.policies[check.policy].violation with input as asked
	standing := {found | some found in violations; not unknown[found.fact]}
	result := {
		"outcome": outcome(exempt(check.policy, asked), standing, unknown),
		"violations": standing,
		"unknown": unknown,
	}
]

outcome(true, _, _) := "exempt"

outcome(false, standing, _) := "violated" if count(standing) > 0

outcome(false, standing, unknown) := "undecided" if {
	count(standing) == 0
	count(unknown) > 0
}

outcome(false, standing, unknown) := "passed" if {
	count(standing) == 0
	count(unknown) == 0
}

default exempt(_, _) := false

exempt(policy, asked) if data.fleet.policies[policy].exempt with input as asked

identity := ["kind", "name", "environment", "cloud", "region", "jurisdiction", "cluster"]

visible(subject, facts) := json.filter(subject, array.concat(identity, [pointer(fact) | some fact in facts]))

pointers(facts) := [pointer(fact) | some fact in facts]

pointer(fact) := replace(fact, ".", "/")

# The declared facts that are not known, each with the reason.
unknown_facts(subject, facts) := {fact: reason |
	some fact in facts
	reason := why_unknown(object.get(subject, split(fact, "."), {"$unknown": "it is not told"}))
}

why_unknown(value) := reason if {
	reasons := [mark | walk(value, [_, part]); mark := part["$unknown"]]
	count(reasons) > 0
	reason := reasons[0]
}
