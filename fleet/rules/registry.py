"""Finds the rules: every module beside this one that is named after a rule (`net_003_...`) holds one in `RULE`."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import fleet.rules
from fleet.rules.context import Context
from fleet.rules.rule import Finding, Rule, Violation

_RULE_MODULE = re.compile(r"[a-z]+_\d{3}_\w+")


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, by id."""
    names = [module.name for module in iter_modules(fleet.rules.__path__) if _RULE_MODULE.fullmatch(module.name)]
    found: list[Rule] = [import_module(f"fleet.rules.{name}").RULE for name in names]
    return tuple(sorted(found, key=lambda rule: rule.id))


def check(context: Context) -> tuple[Finding, ...]:
    """Everything in the fleet that breaks a rule, each once, by rule and then in the blueprint's order."""
    findings = (_finding(rule, violation) for rule in rules() for violation in rule.check(context))
    return tuple(dict.fromkeys(findings))


def _finding(rule: Rule, found: Violation) -> Finding:
    return Finding(rule.id, rule.severity, found.message, found.subject, found.path, found.blueprint_path)
