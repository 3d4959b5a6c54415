"""Which credentials `netmon probe snmp` uses: those of an inventory, a community, or a user of version 3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from netmon.errors import UsageError
from netmon.inventory.secrets import reveal
from netmon.model import Inventory, SecretRef, SnmpAuth, SnmpProbe
from netmon.probes.snmp.access import SECURE, VERSIONS, Secret, secret_of
from netmon.probes.snmp.users import AUTHENTICATION, PRIVACY

F = TypeVar("F", bound=Callable[..., Any])

AUTH_PASSWORD = "NETMON_AUTH_PASSWORD"  # noqa: S105 (the name of a variable)
PRIV_PASSWORD = "NETMON_PRIV_PASSWORD"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says of credentials."""

    community: str | None
    auth_name: str | None
    version: str | None
    user: str | None
    auth_protocol: str | None
    priv_protocol: str | None


def credential_options(command: F) -> F:
    """Add the options that name credentials."""
    for option in reversed(
        (
            click.option(
                "-c",
                "--community",
                envvar="NETMON_COMMUNITY",
                help="Community; better set in NETMON_COMMUNITY, which `ps` does not show.",
            ),
            click.option("--auth", "auth_name", metavar="NAME", help="Use these credentials of the inventory."),
            click.option(
                "--snmp-version",
                "version",
                type=click.Choice([*VERSIONS, SECURE]),
                help="Version to speak.  [default: 2c; 3 with --user]",
            ),
            click.option("--user", metavar="NAME", help="User of version 3."),
            click.option(
                "--auth-protocol",
                type=click.Choice(list(AUTHENTICATION), case_sensitive=False),
                help=f"Authenticate by this protocol and the password in {AUTH_PASSWORD}.",
            ),
            click.option(
                "--priv-protocol",
                type=click.Choice(list(PRIVACY), case_sensitive=False),
                help=f"Encrypt by this protocol and the password in {PRIV_PASSWORD}.",
            ),
        )
    ):
        command = option(command)
    return command


def chosen_secret(given: Given, inventory: Inventory | None, probe: SnmpProbe) -> Secret:
    """Return what messages will carry.

    Raises:
        UsageError: the options name no credentials, or ones that do not fit together.
        ConfigError: a secret is not there.
    """
    if given.user is None and (given.auth_protocol or given.priv_protocol):
        raise UsageError("--auth-protocol and --priv-protocol are a user's", "add --user NAME")
    if given.user is not None:
        return _of_user(given, given.user)
    auth = _auth(inventory, given.auth_name or (None if given.community else probe.auth))
    if auth is not None:
        if given.version is not None and (given.version == SECURE) != (auth.version == SECURE):
            raise UsageError(f"credentials {auth.name} are for version {auth.version}", "leave --snmp-version out")
        secret = secret_of(auth, reveal)
        return secret if given.version is None else Secret(given.version, secret.community, secret.user)
    if given.version == SECURE:
        raise UsageError("version 3 needs a user", "add --user NAME, or --auth NAME with -i")
    if not given.community:
        raise UsageError(
            "no credentials", "set NETMON_COMMUNITY, or name --community, --user, or --auth with -i INVENTORY"
        )
    return Secret(given.version or "2c", given.community.encode())


def _of_user(given: Given, user: str) -> Secret:
    if given.auth_name is not None:
        raise UsageError("--user and --auth both name credentials", "leave one out")
    if given.version not in (None, SECURE):
        raise UsageError(f"version {given.version} has no users", "leave --snmp-version out")
    if given.priv_protocol is not None and given.auth_protocol is None:
        raise UsageError("SNMPv3 encrypts only what it authenticates", "add --auth-protocol")
    auth = SnmpAuth(
        name="of the command line",
        version=SECURE,
        user=user,
        auth_protocol=given.auth_protocol,
        auth_password=SecretRef(env=AUTH_PASSWORD) if given.auth_protocol else None,
        priv_protocol=given.priv_protocol,
        priv_password=SecretRef(env=PRIV_PASSWORD) if given.priv_protocol else None,
    )
    return secret_of(auth, reveal)


def _auth(inventory: Inventory | None, name: str | None) -> SnmpAuth | None:
    if name is None:
        return None
    if inventory is None:
        raise UsageError("--auth names credentials of an inventory", "add -i INVENTORY")
    if name not in inventory.auth:
        raise UsageError(f"the inventory has no credentials {name}", f"it has: {', '.join(inventory.auth) or 'none'}")
    return inventory.auth[name]
