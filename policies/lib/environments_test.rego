package fleet.environments_test

import data.fleet.environments

asked(protected, listed) := {
	"subject": {"environment": {"name": "prod", "protected": protected}},
	"parameters": {"protectedEnvironments": listed},
}

test_protected_as_fleet_yaml_says if environments.protected with input as asked(true, [])

test_protected_as_the_policy_says if environments.protected with input as asked(false, ["prod"])

test_else_not_protected if not environments.protected with input as asked(false, ["staging"])

test_a_policy_need_not_list_any if environments.protected with input as {"subject": {"environment": {"name": "prod", "protected": true}}}
