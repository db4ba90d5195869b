"""The form of names that several rules check."""

from __future__ import annotations

import re
from typing import Final

EKS_NAME: Final = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")
EKS_NODE_GROUP_NAME: Final = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,62}")
GKE_NAME: Final = re.compile(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?")
GCP_NAME: Final = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
GCP_PROJECT: Final = re.compile(r"([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]")
"""With the domain in front that the oldest projects of an organisation have."""
AWS_ACCOUNT: Final = re.compile(r"[0-9]{12}")
ROLE_ARN: Final = re.compile(
    r"arn:aws:iam::(?P<account>[0-9]{12}):role/(?P<path>([\x21-\x2e\x30-\x7e]+/)*)(?P<name>[A-Za-z0-9+=,.@_-]{1,64})"
)
SERVICE_ACCOUNT: Final = re.compile(r"[a-z0-9][-a-z0-9]{4,61}@([a-z0-9-]+\.)+gserviceaccount\.com")
"""Those of a project (`name@project.iam...`) and those that Google makes (`123-compute@developer...`)."""
EMAIL: Final = re.compile(r"[^@\s]+@(?P<domain>[a-z0-9.-]+\.[a-z]{2,})")
