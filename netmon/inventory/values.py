"""The kinds of values an inventory is written in: ids, texts, durations, addresses, ports, URLs, secret references.

Each is a pydantic annotation that turns what stands in a file into what the rest of netmon works with, or says
what is wrong in words. Errors are `PydanticCustomError`s whose type is the code of the finding and whose context
may hold a `hint`. None repeats a value that could be a secret.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from netmon.clock import LAST, rfc3339
from netmon.inventory.flaw import shown
from netmon.inventory.spelling import WORKED_ON, parted, remedy

_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?(ms|s|m|h|d)")
_ID: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
_HOST: Final = re.compile(
    r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?"
)
_ENV: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def trouble(code: str, message: str, hint: str = "") -> PydanticCustomError:
    """Return the error that becomes the finding `code`; `message` goes on after the name of the field."""
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def parse_duration(value: Any) -> Any:
    """Return seconds for `500ms`, `1s`, `5m`, `2h` or `1d`; numbers are seconds already."""
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value)
    if match is None:
        raise trouble(
            "bad-duration", f"is not a duration: {shown(value)}", "write 500ms, 1s, 5m, 2h or plain seconds"
        )
    return float(match[1]) * _UNITS[match[2]]


def parse_moment(value: Any) -> Any:
    """Return Unix seconds for a moment in RFC 3339; numbers are that already."""
    if not isinstance(value, str):
        return value
    hint = "write date, time and offset, as in 2026-11-30T22:00:00+07:00"
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        raise trouble("bad-time", f"is not a time: {shown(value)}", hint) from None
    if when.tzinfo is None:
        raise trouble("bad-time", f"has no offset from UTC: {shown(value)}", hint)
    seconds = when.timestamp()
    if not 0.0 <= seconds < LAST:
        raise trouble("bad-time", f"is not from 1970 to 2999: {shown(value)}", hint)
    return seconds


def _work_element(text: str) -> str:
    named = parted(text, WORKED_ON)
    if named is None or not re.fullmatch(_ID, named[1]):
        raise trouble("bad-element", f"is no element: {shown(text)}", remedy(text, WORKED_ON))
    return ":".join(named)


def _no_control(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise trouble("bad-text", f"has control characters or space around it: {shown(text)}", "write one plain line")
    return text


def _lines(text: str) -> str:
    if not text.replace("\n", "").replace("\t", "").isprintable():
        raise trouble("bad-text", "has control characters", "only tabs and line breaks may stand in it")
    return text


def _canonical_address(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        hint = "write it without the prefix length" if "/" in text else "write an IPv4 or IPv6 address, not a name"
        raise trouble("bad-address", f"is not an address: {shown(text)}", hint) from None
    if address.is_unspecified or address.is_multicast or text == "255.255.255.255" or "%" in text:
        raise trouble("bad-address", f"is not the address of one node: {shown(text)}", "write its unicast address")
    return str(address)


def _link_end(text: str) -> str:
    node, colon, port = text.partition(":")
    if not re.fullmatch(_ID, node) or (colon and (not port.isprintable() or port != port.strip() or not port)):
        raise trouble("bad-link-end", f"is not NODE or NODE:PORT: {shown(text)}", "write it as in rtr-jenu:sfp3")
    return text


def _http_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_is_good = urlsplit(""), False
    if parts.username is not None or parts.password is not None:
        raise trouble("secret-inline", "holds a user or password", "secrets do not belong in a URL; remove them")
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_good or not _is_one_word(text):
        raise trouble("bad-url", f"is not a web address: {shown(text)}", "write it as in https://socorejo.desa.test/")
    return text


def _host(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    if not _HOST.fullmatch(text):
        raise trouble("bad-host", f"is neither a name nor an address: {shown(text)}", "write it as in siak.test")
    return text


def _is_one_word(text: str) -> bool:
    return text.isprintable() and not any(letter.isspace() for letter in text)


def _known_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (OSError, ValueError, KeyError):  # a folder's name, a path that climbs out, a name nobody has
        hint = "write an IANA name such as Asia/Jakarta; where that is unknown too, install the tzdata package"
        raise trouble("bad-timezone", f"is not a time zone: {shown(text)}", hint) from None
    return text


def _no_negative_zero(number: float) -> float:
    """Return the number; minus zero, which no sheet keeps apart, as zero."""
    return number + 0.0


def _environment_name(text: str) -> str:
    if not _ENV.fullmatch(text):
        raise trouble(
            "secret-inline", "is not the name of an environment variable", "write {env: NAME}; never the secret"
        )
    return text


def _any_snmp_version(value: Any) -> Any:
    return str(value) if value in (1, 3) and not isinstance(value, bool | float) else value


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _either_case(*words: str) -> dict[str, Any]:
    return {"enum": [*words, *(word.upper() for word in words)]}


Id = Annotated[str, StringConstraints(pattern=_ID, max_length=128)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_no_control)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=4000), AfterValidator(_lines)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False), AfterValidator(_no_negative_zero)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False), AfterValidator(_no_negative_zero)]
Length = Annotated[float, Field(ge=0, le=40_000, allow_inf_nan=False)]
Speed = Annotated[float, Field(gt=0, le=1e7, allow_inf_nan=False)]
Percent = Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
Money = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
Power = Annotated[float, Field(ge=-45, le=10, allow_inf_nan=False), AfterValidator(_no_negative_zero)]
Address = Annotated[str, AfterValidator(_canonical_address)]
End = Annotated[str, StringConstraints(max_length=300), AfterValidator(_link_end)]
Url = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_http_url)]
Host = Annotated[str, StringConstraints(min_length=1, max_length=253), AfterValidator(_host)]
Port = Annotated[int, Field(ge=1, le=65_535)]
WorkElement = Annotated[str, StringConstraints(max_length=200), AfterValidator(_work_element)]
Moment = Annotated[
    float,
    Field(ge=0, lt=LAST, allow_inf_nan=False),
    BeforeValidator(parse_moment),
    PlainSerializer(rfc3339, when_used="json"),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "number", "minimum": 0}]}),
]
"""Unix seconds."""
Zone = Annotated[str, AfterValidator(_known_zone)]
EnvironmentName = Annotated[str, AfterValidator(_environment_name)]
SnmpVersion = Annotated[
    Literal["1", "2c", "3"], BeforeValidator(_any_snmp_version), WithJsonSchema({"enum": [1, 3, "1", "2c", "3"]})
]
AuthProtocol = Annotated[
    Literal["md5", "sha1", "sha224", "sha256", "sha384", "sha512"],
    BeforeValidator(_lower),
    WithJsonSchema(_either_case("md5", "sha1", "sha224", "sha256", "sha384", "sha512")),
]
PrivProtocol = Annotated[
    Literal["des", "aes128", "aes192", "aes256", "aes192c", "aes256c"],
    BeforeValidator(_lower),
    WithJsonSchema(_either_case("des", "aes128", "aes192", "aes256", "aes192c", "aes256c")),
]
Duration = Annotated[
    float,
    Field(ge=0.1, le=86_400, allow_inf_nan=False),
    BeforeValidator(parse_duration),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0.1, "maximum": 86400},
                {"type": "string", "pattern": f"^{_DURATION.pattern}$"},
            ]
        }
    ),
]
"""Seconds, from 0.1 to one day."""
