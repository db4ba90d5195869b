"""The Pulumi program: the selected stack's committed blueprint, turned into resources."""

from pathlib import Path

import pulumi

from components.stack import deploy
from fleet.blueprint.files import UnreadableStack, read_stack, recorded
from fleet.generate import StaleStack, require_fresh
from fleet.spec.problem import SpecError

root, name = Path(__file__).parent, pulumi.get_stack()
try:
    require_fresh(name, root)
    stack = read_stack(root / "stacks" / name)
except (StaleStack, SpecError, UnreadableStack) as error:
    raise pulumi.RunError(str(error)) from None
pulumi.export("clusters", deploy(stack))
pulumi.export("files", recorded(root / "stacks" / name))
