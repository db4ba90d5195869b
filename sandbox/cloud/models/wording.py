"""How the provider, and how the cloud's API, words that a value breaks a limit."""

from __future__ import annotations

from sandbox.cloud.models.judge import Violation


def by_provider(violation: Violation) -> str:
    """As the Terraform validators inside the providers word it (helper/validation of terraform-plugin-sdk)."""
    path, value, schema = violation.path, violation.value, violation.schema
    match violation.rule:
        case "enum":
            return f"expected {path} to be one of {_listed(violation)}, got {value}"
        case "length":
            return f"expected length of {path} to be in the range ({_bounds(violation)}), got {value}"
        case "range":
            return f"expected {path} to be {_range(violation)}, got {value}"
        case "count":
            return f"{path}: attribute supports {schema.max:.0f} item maximum, but config has {value} declared"
        case "pattern":
            return f'invalid value for {path} (must match regular expression "{_pattern(violation)}"), got {value}'
        case "required":
            return f"{path}: missing required argument"
        case "format":
            return f"{path}: {violation.text}"


def by_aws(violation: Violation) -> str:
    """As AWS's front ends word it."""
    at = f"Value '{violation.value}' at '{violation.path}'"
    return f"1 validation error detected: {at} failed to satisfy constraint: {_constraint(violation)}"


def by_google(violation: Violation) -> str:
    """As Google's front ends word it."""
    must = _constraint(violation).replace("Member must", "Must", 1)
    return f"Invalid value for field 'resource.{violation.path}': '{violation.value}'. {must}."


def _constraint(violation: Violation) -> str:
    schema = violation.schema
    match violation.rule:
        case "enum":
            return f"Member must satisfy enum value set: {_listed(violation)}"
        case "length":
            return f"Member must have length in the range {_bounds(violation)}"
        case "range":
            return f"Member must be {_range(violation)}"
        case "count":
            return f"Member must have length less than or equal to {schema.max:.0f}"
        case "pattern":
            return f"Member must satisfy regular expression pattern: {_pattern(violation)}"
        case "required":
            return "Member must not be null"
        case "format":
            return violation.text


def _listed(violation: Violation) -> str:
    return "[" + " ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in violation.schema.enum) + "]"


def _bounds(violation: Violation) -> str:
    low, high = violation.schema.min, violation.schema.max
    return f"{low or 0:.0f} - {'any' if high is None else f'{high:.0f}'}"


def _range(violation: Violation) -> str:
    low, high = violation.schema.min, violation.schema.max
    if low is None:
        return f"at most ({high:.0f})"
    return f"at least ({low:.0f})" if high is None else f"in the range ({low:.0f} - {high:.0f})"


def _pattern(violation: Violation) -> str:
    return " and ".join(violation.schema.patterns)
