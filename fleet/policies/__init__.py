"""The organisation's own choices: Rego policies, evaluated by OPA on one document about a cluster or what belongs to one."""
