"""The forms of names take what the clouds take and nothing else."""

from __future__ import annotations

import re

import pytest

from fleet.rules import forms


@pytest.mark.parametrize(
    "form, text",
    [
        (forms.EKS_NAME, "core_prod-1"),
        (forms.EKS_NAME, "a" * 100),
        (forms.GKE_NAME, "a" * 40),
        (forms.GKE_NAME, "a"),
        (forms.GCP_NAME, "a" * 63),
        (forms.GCP_PROJECT, "acme-prod"),
        (forms.GCP_PROJECT, "acme.example:legacy-prod"),
        (forms.AWS_ACCOUNT, "000000000001"),
        (forms.ROLE_ARN, "arn:aws:iam::111111111111:role/fleet-deployer"),
        (forms.ROLE_ARN, "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef"),
        (forms.SERVICE_ACCOUNT, "fleet-deployer@acme-prod.iam.gserviceaccount.com"),
        (forms.SERVICE_ACCOUNT, "fleet-deployer@legacy-prod.acme.example.iam.gserviceaccount.com"),
        (forms.SERVICE_ACCOUNT, "123456789012-compute@developer.gserviceaccount.com"),
        (forms.EMAIL, "payments@acme.example"),
    ],
)
def test_a_form_takes(form: re.Pattern[str], text: str) -> None:
    assert form.fullmatch(text)


@pytest.mark.parametrize(
    "form, text",
    [
        (forms.EKS_NAME, "-core"),
        (forms.EKS_NAME, "a" * 101),
        (forms.EKS_NODE_GROUP_NAME, "a" * 64),
        (forms.GKE_NAME, "a" * 41),
        (forms.GKE_NAME, "core-"),
        (forms.GKE_NAME, "Core"),
        (forms.GCP_NAME, "1core"),
        (forms.GCP_PROJECT, "acme"),
        (forms.GCP_PROJECT, "acme-prod-"),
        (forms.AWS_ACCOUNT, "11111111111"),
        (forms.ROLE_ARN, "arn:aws:iam::111111111111:user/ada"),
        (forms.ROLE_ARN, "arn:aws:sts::111111111111:assumed-role/payments/ada"),
        (forms.ROLE_ARN, "arn:aws:iam::111111111111:role/" + "a/" * 5000 + "!"),
        (forms.SERVICE_ACCOUNT, "ada@acme.example"),
        (forms.EMAIL, "payments"),
    ],
)
def test_a_form_refuses(form: re.Pattern[str], text: str) -> None:
    assert not form.fullmatch(text)
