"""Who a token is of, who is in which group and what a cloud's grant allows: decided by values alone, no cluster needed."""

from __future__ import annotations

import json
import os
import subprocess
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.cloud.database import Store, open_store
from sandbox.cloud.request import Caller, Stored
from sandbox.cloud.view import View
from sandbox.kubernetes.access import directory, eks, gke, stand_ins, tokens_eks, tokens_google
from sandbox.kubernetes.access.directory import DirectoryProblem
from sandbox.kubernetes.access.judging import Court, User
from sandbox.kubernetes.access.rules import Asked
from sandbox.kubernetes.facts import clusters

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ROLE, OTHER_ROLE = "arn:aws:iam::111111111111:role/teams/payments", "arn:aws:iam::111111111111:role/other"
DEPLOYER, DEPLOYING_ACCOUNT = "arn:aws:iam::111111111111:role/fleet-deployer", "deployer@acme-dev.iam.gserviceaccount.com"
AWS = Caller("aws", "111111111111", "eu-west-1", DEPLOYER)
GCP = Caller("gcp", "acme-dev", "", DEPLOYING_ACCOUNT)
LIST_PODS = Asked("list", "", "pods", "payments")


class World:
    """A store with an EKS cluster, `one`, and a GKE cluster, `two`."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.store: Store = open_store(state)
        settings = {"accessConfig": {"authenticationMode": "API"}, "version": "1.35"}
        arn = "arn:aws:eks:eu-west-1:111111111111:cluster/one"
        self.put("aws:eks/cluster:Cluster", "one", AWS, {"name": "one", "arn": arn, **settings})
        groups = {"authenticatorGroupsConfig": {"securityGroup": "gke-security-groups@acme.example"}}
        self.put("gcp:container/cluster:Cluster", "projects/acme-dev/two", GCP, {"name": "two", "endpoint": "127.64.0.1:6443", **groups})

    def put(self, type: str, id: str, caller: Caller, outputs: dict[str, object]) -> Stored:
        return self.store.insert(Stored(type, id, caller, outputs, outputs))

    def entry(self, principal: str, **outputs: object) -> Stored:
        return self.put(directory.ACCESS_ENTRY, f"one:{principal}", AWS, {"clusterName": "one", "principalArn": principal, **outputs})

    def policy(self, principal: str, name: str, **scope: object) -> Stored:
        arn = f"arn:aws:eks::aws:cluster-access-policy/{name}"
        outputs = {"clusterName": "one", "principalArn": principal, "policyArn": arn, "accessScope": scope}
        return self.put(eks.ASSOCIATION, f"one:{principal}:{name}", AWS, outputs)

    def binding(self, member: str, role: str, project: str = "acme-dev", **more: object) -> Stored:
        outputs = {"project": project, "role": role, "member": member, **more}
        return self.put(directory.IAM_MEMBER, f"{project}/{role}/{member}", GCP, outputs)

    @property
    def view(self) -> View:
        return View(self.store, None)

    def court(self, name: str) -> Court:
        return Court(self.state, self.view, next(facts for facts in clusters(self.view) if facts.name == name))

    def on_eks(self, principal: str, now: datetime = NOW) -> User | None:
        token, _ = tokens_eks.make(self.state, principal, "one", "eu-west-1", NOW)
        return eks.who(self.court("one"), token, now)

    def on_gke(self, account: str, now: datetime = NOW) -> User | None:
        return gke.who(self.court("two"), tokens_google.make(self.state, account, NOW)[0], now)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.store.close()


def test_an_eks_token_has_the_form_of_the_aws_cli(world: World) -> None:
    token, end = tokens_eks.make(world.state, ROLE, "one", "eu-west-1", NOW)
    assert token.startswith("k8s-aws-v1.") and "=" not in token
    url = urlsplit(urlsafe_b64decode(token.removeprefix("k8s-aws-v1.") + "==").decode())
    query = parse_qs(url.query)
    assert url.netloc == "sts.eu-west-1.amazonaws.com" and query["Action"] == ["GetCallerIdentity"]
    assert query["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"] and query["X-Amz-Credential"][0].startswith("ASIA")
    assert end - NOW == timedelta(minutes=14)


def test_its_signature_is_the_one_that_the_aws_sdk_makes(world: World) -> None:
    from botocore.auth import SigV4QueryAuth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    from sandbox.kubernetes.access import secret

    token, _ = tokens_eks.make(world.state, ROLE, "one", "eu-west-1", NOW)
    url = urlsplit(secret.decode(token.removeprefix(tokens_eks.PREFIX)).decode())
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    session = query["X-Amz-Security-Token"]
    key = secret.sign(secret.key(world.state), session.encode()).hex()
    signer = SigV4QueryAuth(Credentials(query["X-Amz-Credential"].split("/")[0], key, session), "sts", "eu-west-1")
    signature = query.pop("X-Amz-Signature")
    request = AWSRequest("GET", f"https://{url.netloc}/", headers={"x-k8s-aws-id": "one"}, params=query)
    request.context["timestamp"] = query["X-Amz-Date"]
    canonical = signer.canonical_request(
        AWSRequest("GET", f"https://{url.netloc}/?{url.query.split('&X-Amz-Signature')[0]}", headers={"x-k8s-aws-id": "one"})
    )
    assert signer.signature(signer.string_to_sign(request, canonical), request) == signature


def test_a_token_is_of_one_cluster_and_ends(world: World) -> None:
    token, _ = tokens_eks.make(world.state, ROLE, "one", "eu-west-1", NOW)
    read = tokens_eks.read(world.state, token, "one", NOW + timedelta(minutes=14))
    assert read is not None and read.principal == ROLE
    assert tokens_eks.read(world.state, token, "two", NOW) is None
    assert tokens_eks.read(world.state, token, "one", NOW + timedelta(minutes=16)) is None
    assert tokens_eks.read(world.state, token[:-4] + "AAAA", "one", NOW) is None
    google, end = tokens_google.make(world.state, "alice@acme.example", NOW)
    assert end - NOW == timedelta(hours=1)
    assert tokens_google.read(world.state, google, NOW) == "alice@acme.example"
    assert tokens_google.read(world.state, google, end) is None


@pytest.mark.parametrize("token", ["", "k8s-aws-v1.", "k8s-aws-v1.AAAA", "ya29.AAAA", "ya29.é", "eyJhbGciOiJ9.e30.x"])
def test_what_is_no_token_is_nobodys(world: World, token: str) -> None:
    assert tokens_eks.read(world.state, token, "one", NOW) is None
    assert tokens_google.read(world.state, token, NOW) is None


def test_a_token_of_another_sandbox_is_nobodys(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert tokens_eks.read(world.state, tokens_eks.make(other, ROLE, "one", "eu-west-1", NOW)[0], "one", NOW) is None
    assert tokens_google.read(world.state, tokens_google.make(other, "a@b.example", NOW)[0], NOW) is None


def test_an_access_entry_in_that_cluster_lets_in_with_its_groups(world: World) -> None:
    assert world.on_eks(ROLE) is None
    world.entry(ROLE, kubernetesGroups=["fleet:payments:developer"], userName=ROLE)
    user = world.on_eks(ROLE)
    assert user is not None and user.groups == ("fleet:payments:developer",)
    assert user.name == "arn:aws:sts::111111111111:assumed-role/payments/EKSGetTokenAuth"
    assert world.on_eks(OTHER_ROLE) is None


def test_an_access_entrys_own_user_name_is_taken(world: World) -> None:
    world.entry(ROLE, kubernetesGroups=[], userName="pay:{{SessionName}}")
    user = world.on_eks(ROLE)
    assert user is not None and user.name == "pay:EKSGetTokenAuth"


def test_an_entry_in_another_cluster_or_without_the_api_mode_lets_nobody_in(world: World) -> None:
    entry = world.entry(ROLE, clusterName="another")
    assert world.on_eks(ROLE) is None
    world.store.delete(entry)
    world.entry(ROLE)
    assert world.on_eks(ROLE) is not None
    world.store.edit("aws:eks/cluster:Cluster", "one", ["accessConfig", "authenticationMode"], "CONFIG_MAP")
    assert world.on_eks(ROLE) is None


@pytest.mark.parametrize(
    ("policy", "asked", "allowed"),
    [
        ("AmazonEKSClusterAdminPolicy", Asked("escalate", "rbac.authorization.k8s.io", "clusterroles"), True),
        ("AmazonEKSClusterAdminPolicy", Asked("get", url="/metrics"), True),
        ("AmazonEKSAdminPolicy", Asked("create", "rbac.authorization.k8s.io", "rolebindings", "payments"), True),
        ("AmazonEKSAdminPolicy", Asked("escalate", "rbac.authorization.k8s.io", "roles", "payments"), False),
        ("AmazonEKSEditPolicy", Asked("create", "apps", "deployments", "payments"), True),
        ("AmazonEKSEditPolicy", Asked("create", "rbac.authorization.k8s.io", "rolebindings", "payments"), False),
        ("AmazonEKSViewPolicy", LIST_PODS, True),
        ("AmazonEKSViewPolicy", Asked("list", "", "secrets", "payments"), False),
        ("AmazonEKSAdminViewPolicy", Asked("list", "", "secrets", "payments"), True),
        ("AmazonEKSViewPolicy", Asked("create", "", "pods", "payments"), False),
        ("NoSuchPolicy", LIST_PODS, False),
    ],
)
def test_an_access_policy_allows_what_eks_says(world: World, policy: str, asked: Asked, allowed: bool) -> None:
    world.entry(ROLE)
    world.policy(ROLE, policy, type="cluster")
    user = world.on_eks(ROLE)
    assert user is not None and eks.may(world.court("one"), heard(user), asked).allowed is allowed


def test_an_access_policy_holds_in_its_namespaces_alone(world: World) -> None:
    world.entry(ROLE)
    world.policy(ROLE, "AmazonEKSClusterAdminPolicy", type="namespace", namespaces=["pay*"])
    user = world.on_eks(ROLE)
    assert user is not None
    court = world.court("one")
    assert eks.may(court, heard(user), LIST_PODS).allowed
    assert not eks.may(court, heard(user), Asked("list", "", "pods", "default")).allowed
    assert not eks.may(court, heard(user), Asked("list", "", "nodes")).allowed
    assert not eks.may(court, User("system:serviceaccount:payments:default"), LIST_PODS).allowed


def test_google_groups_are_known_with_a_sample_member_and_reach_gke_under_its_security_group(world: World) -> None:
    world.binding("group:payments@acme.example", "roles/container.clusterViewer")
    world.binding("group:guests@elsewhere.example", "roles/container.clusterViewer")
    assert world.on_gke("nobody@acme.example") is None
    user, guest = world.on_gke("alice.payments@acme.example"), world.on_gke("alice.guests@elsewhere.example")
    assert user is not None and user.groups == ("payments@acme.example",)
    assert guest is not None and guest.groups == ()
    world.store.edit("gcp:container/cluster:Cluster", "projects/acme-dev/two", ["authenticatorGroupsConfig"], None)
    without = world.on_gke("alice.payments@acme.example")
    assert without is not None and without.groups == ()


@pytest.mark.parametrize(
    ("role", "asked", "allowed"),
    [
        ("roles/container.admin", Asked("escalate", "rbac.authorization.k8s.io", "clusterroles"), True),
        ("roles/container.developer", Asked("create", "apps", "deployments", "payments"), True),
        ("roles/container.developer", Asked("create", "rbac.authorization.k8s.io", "rolebindings", "payments"), False),
        ("roles/container.developer", Asked("impersonate", "", "users"), False),
        ("roles/container.viewer", LIST_PODS, True),
        ("roles/container.viewer", Asked("list", "", "secrets", "payments"), False),
        ("roles/container.viewer", Asked("create", "apps", "deployments", "payments"), False),
        ("roles/container.clusterViewer", LIST_PODS, False),
        ("roles/compute.admin", LIST_PODS, False),
    ],
)
@pytest.mark.parametrize("member", ["user:bob@acme.example", "group:payments@acme.example"])
def test_an_iam_role_allows_what_gke_says(world: World, member: str, role: str, asked: Asked, allowed: bool) -> None:
    directory.add(world.state, world.view, "bob@acme.example", ("payments@acme.example",))
    world.binding(member, role)
    assert gke.may(world.court("two"), User("bob@acme.example"), asked).allowed is allowed


def test_an_iam_binding_of_another_project_or_under_a_condition_grants_nothing(world: World) -> None:
    world.binding("user:bob@acme.example", "roles/container.admin", project="acme-prod")
    world.binding("user:bob@acme.example", "roles/container.viewer", condition={"expression": "false"})
    verdict = gke.may(world.court("two"), User("bob@acme.example"), Asked("list", "networking.k8s.io", "networkpolicies"))
    assert not verdict.allowed and verdict.reason == 'requires one of ["container.networkPolicies.list"] permission(s).'


def test_who_was_named_once_stays_in_the_directory(world: World) -> None:
    binding = world.binding("group:payments@acme.example", "roles/container.clusterViewer")
    entry = world.entry(ROLE)
    directory.remember(world.state, world.view)
    world.store.delete(binding)
    world.store.delete(entry)
    known = directory.read(world.state, world.view)
    assert {ROLE, "alice.payments@acme.example", DEPLOYER, DEPLOYING_ACCOUNT} <= known.principals
    assert "payments@acme.example" in known.groups_of("alice.payments@acme.example")


def test_a_group_that_was_given_members_gets_no_sample(world: World) -> None:
    directory.add(world.state, world.view, "bob@acme.example", ("payments@acme.example",))
    world.binding("group:payments@acme.example", "roles/container.clusterViewer")
    assert directory.read(world.state, world.view).groups["payments@acme.example"] == {"bob@acme.example"}


@pytest.mark.parametrize(("principal", "groups"), [("bob", ()), ("bob@acme.example", ("payments",)), (ROLE, ("payments@acme.example",))])
def test_what_is_no_principal_is_not_added(world: World, principal: str, groups: tuple[str, ...]) -> None:
    with pytest.raises(DirectoryProblem):
        directory.add(world.state, world.view, principal, groups)


def call(world: World, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    stand_ins.install(world.state / "bin", world.state)
    command = [str(world.state / "bin" / words[0]), *words[1:]]
    return subprocess.run(command, env={"PATH": os.environ["PATH"], **variables}, capture_output=True, text=True)


def test_the_aws_cli_gives_a_token_of_the_role_and_without_one_of_the_deployer(world: World) -> None:
    world.entry(ROLE)
    get_token = ("aws", "eks", "get-token", "--cluster-name", "one", "--region", "eu-west-1", "--output", "json")
    for more, principal in ((("--role-arn", ROLE), ROLE), ((), DEPLOYER)):
        credential = json.loads(call(world, *get_token, *more).stdout)
        assert (credential["kind"], credential["apiVersion"]) == ("ExecCredential", "client.authentication.k8s.io/v1beta1")
        read = tokens_eks.read(world.state, credential["status"]["token"], "one", datetime.now(UTC))
        assert read is not None and read.principal == principal
        ends = datetime.fromisoformat(credential["status"]["expirationTimestamp"])
        assert timedelta(minutes=13) < ends - datetime.now(UTC) <= timedelta(minutes=14)
    refused = call(world, *get_token, "--role-arn", OTHER_ROLE)
    assert refused.returncode == 254 and "AccessDenied" in refused.stderr and OTHER_ROLE in refused.stderr
    assert call(world, "aws", "s3", "ls").returncode == 252


def test_googles_plugin_gives_a_token_of_the_account_of_gcloud_or_of_the_one_impersonated(world: World) -> None:
    told = json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "spec": {"cluster": {"server": "https://127.64.0.1:6443"}}})
    world.binding("user:bob@acme.example", "roles/viewer")
    plugin = "gke-gcloud-auth-plugin"
    impersonated = call(world, plugin, "--impersonate_service_account", DEPLOYING_ACCOUNT, CLOUDSDK_CORE_ACCOUNT="bob@acme.example")
    logged_in = call(world, plugin, CLOUDSDK_CORE_ACCOUNT="bob@acme.example", KUBERNETES_EXEC_INFO=told)
    nobody = call(world, plugin, KUBERNETES_EXEC_INFO=told)
    for done, account in ((impersonated, DEPLOYING_ACCOUNT), (logged_in, "bob@acme.example"), (nobody, DEPLOYING_ACCOUNT)):
        assert tokens_google.read(world.state, json.loads(done.stdout)["status"]["token"], datetime.now(UTC)) == account
    assert json.loads(logged_in.stdout)["apiVersion"] == "client.authentication.k8s.io/v1"
    unknown = call(world, plugin, "--impersonate_service_account", "x@acme.iam.gserviceaccount.com")
    assert unknown.returncode == 1 and "does not exist in the sandbox" in unknown.stderr


def heard(user: User) -> User:
    """As the API server's next question tells it."""
    return User(user.name, user.uid, user.groups, {name.lower(): values for name, values in user.extra.items()})
