"""Access tokens of Google's form, as `gke-gcloud-auth-plugin` gives them: one hour, for any cluster, of one account."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sandbox.kubernetes.access import secret

PREFIX: Final = "ya29."
LIFETIME: Final = timedelta(hours=1)


def make(state: Path, account: str, now: datetime) -> tuple[str, datetime]:
    """A token of an account (its e-mail), and when it ends."""
    end = now + LIFETIME
    return PREFIX + secret.seal(secret.key(state), json.dumps({"email": account, "end": end.timestamp()}).encode()), end


def read(state: Path, token: str, now: datetime) -> str | None:
    """The account that a token is of, None where it is none, or none any more."""
    content = secret.unseal(secret.key(state), token.removeprefix(PREFIX)) if token.startswith(PREFIX) else None
    if content is None:
        return None
    said = json.loads(content)
    return str(said["email"]) if now.timestamp() < said["end"] else None
