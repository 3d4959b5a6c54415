"""A web configuration with the files it names, ready to serve by; and whether any of them has changed since."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path

from netmon.errors import ConfigError, Problem
from netmon.exporter.access.web_config import ClientAuth, Tls, WebConfig, parse_web_config, refused
from netmon.inventory.files import read_text
from netmon.inventory.yaml_read import Unreadable

_VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
_VERIFY = {
    ClientAuth.NONE: ssl.CERT_NONE,
    ClientAuth.IF_GIVEN: ssl.CERT_OPTIONAL,
    ClientAuth.REQUIRED: ssl.CERT_REQUIRED,
}

Signature = tuple[tuple[int, int, int] | None, ...]
"""Of each file: its inode, time of change (ns) and size; None where there is no such file."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a web configuration asks for, and the signature of its files when they were read."""

    config: WebConfig = field(default_factory=WebConfig)
    tls: ssl.SSLContext | None = None
    files: tuple[Path, ...] = ()
    signature: Signature = ()

    def has_changed(self) -> bool:
        """Tell whether a file is no longer what was read."""
        return _signature(self.files) != self.signature


def load_access(path: Path) -> Access:
    """Read a web configuration and what it names; relative paths start at its own folder.

    Raises:
        ConfigError: it cannot be used; `problems` has every reason with file and line.
    """
    before = _signature([path])  # a change while it is read must be seen afterwards
    try:
        config = parse_web_config(read_text(path), str(path))
    except Unreadable as error:
        line, message, hint = error.trouble
        raise refused(str(path), [Problem(str(path), line, "unreadable", message, hint)]) from None
    if config.tls is None:
        return Access(config, None, (path,), before)
    named = (config.tls.cert_file, config.tls.key_file, config.tls.client_ca_file)
    files = (path, *(path.parent / name for name in named if name))
    signature = before + _signature(files[1:])
    return Access(config, _context(config.tls, path), files, signature)


def _signature(files: tuple[Path, ...] | list[Path]) -> Signature:
    found: list[tuple[int, int, int] | None] = []
    for file in files:
        try:
            status = file.stat()
            found.append((status.st_ino, status.st_mtime_ns, status.st_size))
        except OSError:
            found.append(None)
    return tuple(found)


def _context(tls: Tls, path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version, context.maximum_version = _VERSIONS[tls.min_version], _VERSIONS[tls.max_version]
    if tls.ciphers:
        context.set_ciphers(":".join(tls.ciphers))
    if not tls.prefers_own_ciphers:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    problems = []

    def complain(key: str, message: str, hint: str = "") -> None:
        problems.append(Problem(str(path), tls.lines[key], "bad-file", message, hint))

    for key, name in (
        ("cert_file", tls.cert_file),
        ("key_file", tls.key_file),
        ("client_ca_file", tls.client_ca_file),
    ):
        if name is not None and (reason := _unreadable(path.parent / name)):
            complain(
                key, f"{key} {path.parent / name} cannot be read: {reason}", "check the path and its permissions"
            )
    if not problems:
        try:
            # A key that is locked by a password would be asked for on the terminal.
            context.load_cert_chain(path.parent / tls.cert_file, path.parent / tls.key_file, password=_no_password)
        except _LockedKeyError:
            complain("key_file", f"key_file {tls.key_file} is locked by a password", "keep it without one, mode 0600")
        except (ssl.SSLError, ValueError, OSError) as error:
            why = getattr(error, "reason", None) or "it is no PEM certificate and key"
            complain("cert_file", f"{tls.cert_file} and {tls.key_file} do not make a pair: {_plain(why)}")
        if tls.client_ca_file is not None:
            try:
                context.load_verify_locations(path.parent / tls.client_ca_file)
            except (ssl.SSLError, ValueError, OSError):
                complain("client_ca_file", f"client_ca_file {tls.client_ca_file} holds no PEM certificates")
    if problems:
        raise refused(str(path), problems)
    context.verify_mode = _VERIFY[tls.client_auth]
    return context


class _LockedKeyError(Exception):
    """A private key needs a password."""


def _no_password() -> str:
    raise _LockedKeyError


def _unreadable(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            opened.read(1)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _plain(reason: str) -> str:
    return reason.lower().replace("_", " ")


def reread(current: Access, path: Path) -> Access:
    """Return what the file says now.

    Raises:
        ConfigError: it cannot be used, or turns TLS on or off, which needs a restart.
    """
    new = load_access(path)
    if (new.tls is None) != (current.tls is None):
        message = f"{path} turns TLS {'off' if new.tls is None else 'on'}, which needs a restart"
        raise ConfigError(message, "restart netmon, or put tls_server_config back as it was")
    return new
