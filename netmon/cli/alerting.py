"""What options say of Alertmanagers: where they are, and which labels alerts carry."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from netmon.errors import UsageError

OWN = ("alertname", "fault", "severity")
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def alertmanager_url(text: str) -> str:
    """Return the address of an Alertmanager.

    Raises:
        UsageError: it is not one, or holds a password, which options show to every user of the machine.
    """
    hint = "write it like http://127.0.0.1:9093"
    try:
        parts = urlsplit(text)
        has_host = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise UsageError("--alertmanager.url is not an address", hint) from None
    if parts.username is not None or parts.password is not None:
        raise UsageError("--alertmanager.url must not hold a name or a password", hint)
    if not has_host or parts.query or parts.fragment:
        raise UsageError(f"--alertmanager.url {text!r} is not the address of an Alertmanager", hint)
    return text.rstrip("/")


def alert_label(text: str) -> tuple[str, str]:
    """Return name and value of `NAME=VALUE`.

    Raises:
        UsageError: it is not a label, or one that netmon sets itself.
    """
    name, equals, value = text.partition("=")
    if not equals or not _NAME.fullmatch(name):
        raise UsageError(f"--alertmanager.label {text!r} is not a label", "write it like job=netmon")
    if name in OWN:
        raise UsageError(f"--alertmanager.label cannot set {name}", f"netmon sets {', '.join(OWN)} itself")
    return name, value
