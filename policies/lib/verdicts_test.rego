package fleet.verdicts_test

import data.fleet.verdicts

policies := {
	"none": {},
	"quiet": {"violation": set()},
	"loud": {"violation": {{"fact": "zones", "message": "too few"}}},
	"elsewhere": {"violation": {{"fact": "zones", "message": "too few"}}, "exempt": true},
}

ask(names) := answers if {
	questions := [{"policy": name, "asked": {}} | some name in names]
	answers := verdicts.answers with input as {"questions": questions} with data.fleet.policies as policies
}

test_each_question_is_answered_in_order if {
	[first, second] := ask(["loud", "quiet"])
	count(first.violations) == 1
	count(second.violations) == 0
}

test_who_says_nothing_of_exemptions_has_none if {
	[answer] := ask(["loud"])
	answer.exempt == false
}

test_an_exemption_is_told_beside_the_violations if {
	[answer] := ask(["elsewhere"])
	answer.exempt == true
	count(answer.violations) == 1
}

test_a_policy_without_violations_gives_no_answer if {
	ask(["none", "quiet"]) == [{"exempt": false, "violations": set()}]
}

test_a_policy_that_is_not_there_gives_no_answer if ask(["nobody"]) == []
