# Asks policies about subjects.
#
# input.questions: [{policy, asked: {subject, parameters}}]; what a policy sees of a subject is chosen in fleet/policies/question.py.
# answers: one a question, in order; none from a policy without `violation`.
package fleet.verdicts

answers := [{"exempt": exempt(question), "violations": violations} |
	some question in input.questions
	violations := data.fleet.policies[question.policy].violation with input as question.asked
]

default exempt(_) := false

exempt(question) if data.fleet.policies[question.policy].exempt with input as question.asked
