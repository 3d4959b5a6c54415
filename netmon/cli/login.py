"""How commands log in to a daemon, and whom they trust: from the environment, so that no secret is an option."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from netmon.errors import CannotError, ConfigError
from netmon.inventory.secrets import reveal
from netmon.model import SecretRef

USER = "NETMON_USER"
PASSWORD_FILE = "NETMON_PASSWORD_FILE"  # noqa: S105 (the name of a variable)
AUTHORITY = "NETMON_CA_FILE"
CERTIFICATE = "NETMON_CERT_FILE"
KEY = "NETMON_KEY_FILE"


def login(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Return name and password, None where no name is set.

    Raises:
        CannotError: the password cannot be read.
    """
    name, file = environment.get(USER), environment.get(PASSWORD_FILE)
    if not name:
        return None
    if not file:
        raise CannotError(f"{USER} is set, but not {PASSWORD_FILE}", "name the file that holds the password")
    try:
        return name, reveal(SecretRef(file=file))
    except ConfigError as error:
        raise CannotError(error.message, error.hint) from None


def trust(environment: Mapping[str, str]) -> ssl.SSLContext | bool:
    """Return how the daemon's certificate is checked: by the system's authorities, or by those of a file.

    Raises:
        CannotError: a file that the environment names cannot be used.
    """
    authority, certificate = environment.get(AUTHORITY), environment.get(CERTIFICATE)
    if not authority and not certificate:
        return True
    try:
        context = ssl.create_default_context(cafile=authority or None)
        if certificate:
            context.load_cert_chain(certificate, environment.get(KEY) or None)
    except (OSError, ssl.SSLError) as error:
        names = ", ".join(name for name in (AUTHORITY, CERTIFICATE, KEY) if environment.get(name))
        raise CannotError(f"a file of {names} cannot be used: {error}", "name PEM files that you may read") from error
    return context


def bare(url: str) -> str:
    """Return an address without name and password, for messages."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "that address"
    if not parts.netloc:  # of `name:password@host`, all before the host is something else
        return url.rpartition("@")[2]
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
