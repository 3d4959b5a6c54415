"""The web configuration file of the Prometheus exporters, as far as netmon can do what it says.

https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md. What netmon cannot do is
refused: a setting that keeps somebody out may not be passed over in silence. No message quotes a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from netmon.errors import ConfigError, Problem
from netmon.inventory.complaints import complaints
from netmon.inventory.flaw import Flaw, Path, shown
from netmon.inventory.yaml_read import Tree, Unreadable, read_yaml

MOST_COST: Final = 14
"""bcrypt's cost: each step doubles the time of one check; 14 is about a second."""
_BCRYPT: Final = re.compile(r"\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}")
_HEADERS: Final = (
    "Content-Security-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-XSS-Protection",
)
_AEAD: Final = {
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
}
"""IANA's names, which the file uses, and OpenSSL's, of the suites for TLS 1.2 that Go counts as secure."""


class ClientAuth(StrEnum):
    """What is asked of a client's certificate; the names are Go's."""

    NONE = "NoClientCert"
    IF_GIVEN = "VerifyClientCertIfGiven"
    REQUIRED = "RequireAndVerifyClientCert"


class Section(BaseModel):
    """A part of the file: no unknown keys, no silent conversion of one type into another."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TlsEntry(Section):
    """`tls_server_config`."""

    cert_file: str | None = None
    key_file: str | None = None
    client_auth_type: str | None = None
    client_ca_file: str | None = None
    min_version: Literal["TLS12", "TLS13"] = "TLS12"
    max_version: Literal["TLS12", "TLS13"] = "TLS13"
    cipher_suites: list[str] | None = None
    prefer_server_cipher_suites: bool = True


class HttpEntry(Section):
    """`http_server_config`."""

    http2: bool = True
    headers: dict[str, str] | None = None


class WebEntry(Section):
    """The whole file. Users are read apart, so that nothing of them comes into a message."""

    tls_server_config: TlsEntry | None = None
    http_server_config: HttpEntry | None = None


@dataclass(frozen=True, slots=True)
class Tls:
    """How to speak TLS. Files are as written; `lines` says where each stands, for what their content gets wrong."""

    cert_file: str
    key_file: str
    client_auth: ClientAuth = ClientAuth.NONE
    client_ca_file: str | None = None
    min_version: str = "TLS12"
    max_version: str = "TLS13"
    ciphers: tuple[str, ...] = ()
    prefers_own_ciphers: bool = True
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WebConfig:
    """A usable web configuration; `users` maps a name to its bcrypt hash, empty: nobody is asked."""

    tls: Tls | None = None
    users: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    headers: tuple[tuple[str, str], ...] = ()


def parse_web_config(text: str, file: str) -> WebConfig:
    """Return what a web configuration says.

    Args:
        text: the YAML; an empty one asks for nothing.
        file: its name, for messages.

    Raises:
        ConfigError: it cannot be used; `problems` has every reason with its line.
    """
    try:
        tree = read_yaml(text)
    except Unreadable as error:
        line, message, hint = error.trouble
        raise refused(file, [Problem(file, line, "unreadable", message, hint)]) from None
    problems = [Problem(file, line, "bad-yaml", message, hint) for line, message, hint in tree.troubles]
    data = {} if tree.data is None else tree.data
    if not isinstance(data, dict):
        problems.append(
            Problem(file, 1, "wrong-type", "must be a mapping with tls_server_config, basic_auth_users …")
        )
        raise refused(file, problems)
    entry, flaws = _entry({key: value for key, value in data.items() if key != "basic_auth_users"})
    users, user_flaws = _users(data.get("basic_auth_users"))
    flaws += user_flaws
    tls: Tls | None = None
    headers: tuple[tuple[str, str], ...] = ()
    if entry is not None:
        tls, tls_flaws = _tls(entry.tls_server_config, tree)
        headers, header_flaws = _headers(entry.http_server_config)
        flaws += [*tls_flaws, *header_flaws]
    problems += [Problem(file, tree.line(flaw.path), flaw.code, flaw.message, flaw.hint) for flaw in flaws]
    if problems:
        raise refused(file, problems)
    return WebConfig(tls, users, headers)


def refused(file: str, problems: list[Problem]) -> ConfigError:
    """Return the error that a file cannot be used, for all these reasons."""
    count = f"{len(problems)} error{'s' * (len(problems) > 1)}"
    return ConfigError(f"{file} cannot be used as a web configuration: {count}", problems=tuple(sorted(problems)))


def _entry(data: dict[str, Any]) -> tuple[WebEntry | None, list[Flaw]]:
    try:
        return WebEntry.model_validate(data), []
    except ValidationError as error:
        flaws = complaints(error, WebEntry)
    hints = {"cert": "cert_file", "key": "key_file", "client_ca": "client_ca_file"}
    return None, [
        flaw._replace(hint=f"keep it in a file and name it with {hints[name]}")
        if flaw.code == "unknown-key" and (name := str(flaw.path[-1])) in hints
        else flaw
        for flaw in flaws
    ]


def _users(data: Any) -> tuple[Mapping[str, bytes], list[Flaw]]:
    """Return the users and their hashes, and what is wrong with them; what stands there is never quoted."""
    at = "basic_auth_users"
    if data is None:
        return {}, []
    if not isinstance(data, dict):
        return {}, [Flaw("wrong-type", (at,), f"{at} must be a mapping of names to bcrypt hashes")]
    flaws = []
    hint = "make one with `netmon web hash`"
    for number, (name, hashed) in enumerate(data.items(), start=1):
        where: Path = (at, name)
        if not name or ":" in name or not name.isprintable():
            flaws.append(Flaw("bad-user", where, f"the name of user {number} of {at} is empty, or has a colon in it"))
        elif not isinstance(hashed, str) or not (found := _BCRYPT.fullmatch(hashed)):
            flaws.append(Flaw("bad-hash", where, f"the value of user {number} of {at} is not a bcrypt hash", hint))
        elif int(found[1]) > MOST_COST:
            message = f"the hash of user {number} of {at} costs 2^{found[1]} rounds at every log-in"
            flaws.append(Flaw("bad-hash", where, message, f"make one with a cost of at most {MOST_COST}"))
    return {} if flaws else {name: hashed.encode() for name, hashed in data.items()}, flaws


def _tls(entry: TlsEntry | None, tree: Tree) -> tuple[Tls | None, list[Flaw]]:
    at = "tls_server_config"
    if entry is None:
        return None, []
    hint = "leave the section out to serve plain HTTP"
    needed = ("cert_file", "key_file")
    flaws = [Flaw("missing-key", (at, key), f"{at} needs {key}", hint) for key in needed if not getattr(entry, key)]
    client_auth, flaw = _client_auth(entry)
    flaws += [] if flaw is None else [flaw]
    if entry.min_version > entry.max_version:
        flaws.append(Flaw("bad-value", (at, "max_version"), "max_version is older than min_version"))
    ciphers = []
    for index, name in enumerate(entry.cipher_suites or ()):
        if name in _AEAD:
            ciphers.append(_AEAD[name])
        elif not name.startswith(("TLS_AES_", "TLS_CHACHA20_")):  # those of TLS 1.3 are always on, in Go too
            message = f"cipher suite {shown(name)} is not one that netmon speaks"
            flaws.append(Flaw("bad-value", (at, "cipher_suites", index), message, f"one of {', '.join(_AEAD)}"))
    if entry.cipher_suites and not ciphers and entry.min_version == "TLS12":
        message = "cipher_suites leaves none for TLS 1.2"
        flaws.append(Flaw("bad-value", (at, "cipher_suites"), message, "name one, or set min_version: TLS13"))
    lines = {key: tree.line((at, key)) for key in ("cert_file", "key_file", "client_ca_file")}
    tls = Tls(
        cert_file=entry.cert_file or "",
        key_file=entry.key_file or "",
        client_auth=client_auth,
        client_ca_file=entry.client_ca_file or None,
        min_version=entry.min_version,
        max_version=entry.max_version,
        ciphers=tuple(ciphers),
        prefers_own_ciphers=entry.prefer_server_cipher_suites,
        lines=lines,
    )
    return tls, flaws


def _client_auth(entry: TlsEntry) -> tuple[ClientAuth, Flaw | None]:
    path: Path = ("tls_server_config", "client_auth_type")
    given = entry.client_auth_type or ClientAuth.NONE.value
    if given in ("RequestClientCert", "RequireAnyClientCert"):
        message = f"client_auth_type {given} asks for certificates without checking them, which netmon does not"
        return ClientAuth.NONE, Flaw("bad-value", path, message, f"write {ClientAuth.REQUIRED}")
    if given not in tuple(ClientAuth):
        message = f"client_auth_type must be one of {', '.join(ClientAuth)}, not {shown(given)}"
        return ClientAuth.NONE, Flaw("bad-value", path, message)
    wanted = ClientAuth(given)
    if wanted is ClientAuth.NONE and entry.client_ca_file:
        message = "client_ca_file is given, but client_auth_type asks for no certificate"
        return wanted, Flaw("bad-value", path, message, f"write {ClientAuth.REQUIRED}")
    if wanted is not ClientAuth.NONE and not entry.client_ca_file:
        message = f"client_auth_type {given} needs client_ca_file"
        return wanted, Flaw("missing-key", path, message, "name the file of the authority that signs them")
    return wanted, None


def _headers(entry: HttpEntry | None) -> tuple[tuple[tuple[str, str], ...], list[Flaw]]:
    flaws = []
    headers = []
    known = {name.lower(): name for name in _HEADERS}
    for name, value in (entry.headers if entry and entry.headers else {}).items():
        path: Path = ("http_server_config", "headers", name)
        if name.lower() not in known:
            message = f"header {shown(name)} cannot be set"
            flaws.append(Flaw("bad-value", path, message, f"one of {', '.join(_HEADERS)}"))
        elif not (value.isascii() and value.isprintable()):
            flaws.append(Flaw("bad-value", path, f"the value of {name} is not one line of ASCII"))
        else:
            headers.append((name.lower(), value))
    return tuple(headers), flaws
