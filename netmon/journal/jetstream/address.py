"""Where a journal on NATS is and how to be let in: what `--journal` and its options say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from netmon.errors import UsageError
from netmon.model import SecretRef

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FORM = "write nats://HOST:PORT or tls://HOST:PORT, and /NAME behind it for a journal of another name"


@dataclass(frozen=True, slots=True)
class JetStreamAddress:
    """The servers, the journal's name, and who asks.

    `secret` is the password of `user`, or a token where there is no user; `ca` is a file of certificates that the
    servers' are signed by. `replicas` counts the servers that keep a copy; it is used when the journal is made.
    """

    servers: tuple[str, ...]
    name: str = "netmon"
    user: str = ""
    secret: SecretRef | None = None
    ca: Path | None = None
    replicas: int = 1

    def __str__(self) -> str:
        return f"{','.join(self.servers)}/{self.name}"


def jetstream_address(
    text: str, *, user: str = "", secret: str = "", ca: Path | None = None, replicas: int = 1
) -> JetStreamAddress:
    """Return the address that `--journal` names; servers of one cluster stand behind each other, with commas.

    Raises:
        UsageError: it cannot be one, or has a secret in it. No secret is repeated.
    """
    servers, names = [], set[str]()
    for part in text.split(","):
        try:
            split = urlsplit(part.strip())
            port = split.port or 4222
        except ValueError:
            raise UsageError("--journal has a port that is not a number up to 65535", _FORM) from None
        if "@" in split.netloc:
            raise UsageError(
                "--journal has a user or a secret in it, which every user of this machine can see",
                "write --journal.user NAME --journal.secret env:VARIABLE or file:PATH",
            )
        if split.scheme not in {"nats", "tls"} or not split.hostname or split.query or split.fragment:
            raise UsageError(f"--journal {part!r} is no address", _FORM)
        host = f"[{split.hostname}]" if ":" in split.hostname else split.hostname
        servers.append(f"{split.scheme}://{host}:{port}")
        names.add(split.path.strip("/"))
    named = names - {""}
    if len(named) > 1 or not all(_NAME.fullmatch(name) for name in named):
        raise UsageError(
            f"{', '.join(sorted(named))} cannot be the name of a journal", "use letters, digits, - and _"
        )
    if user and not secret:
        raise UsageError(f"--journal.user {user} has no password", "add --journal.secret env:VARIABLE or file:PATH")
    return JetStreamAddress(tuple(servers), next(iter(named), "netmon"), user, _reference(secret), ca, replicas)


def _reference(text: str) -> SecretRef | None:
    kind, _, where = text.partition(":")
    if not text:
        return None
    if kind not in {"env", "file"} or not where:
        raise UsageError("--journal.secret must say where the secret is", "write env:VARIABLE or file:PATH")
    return SecretRef(env=where) if kind == "env" else SecretRef(file=where)
