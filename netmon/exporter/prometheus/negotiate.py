"""What a scraper accepts (RFC 9110 §12.5): which text format, and whether packed.

prometheus_client's own negotiation raises on a malformed version and echoes any other, so it is not used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PLAIN = "text/plain; version=0.0.4; charset=utf-8"
_PLAIN = ("text/plain", "text/*", "*/*")
"""What the plain text format is asked for by; the more specific says more."""


class _Accepted(NamedTuple):
    name: str
    version: str | None
    quality: float


def prefers_openmetrics(accept: str) -> bool:
    """Tell whether OpenMetrics 1.0 is asked for, and at least as much as the plain text format."""
    openmetrics, plain = 0.0, dict.fromkeys(_PLAIN, -1.0)
    for name, version, quality in _parse(accept):
        if name == "application/openmetrics-text" and version in (None, "1.0.0"):
            openmetrics = max(openmetrics, quality)
        elif name in plain:
            plain[name] = max(plain[name], quality)
    liked = next((quality for quality in plain.values() if quality >= 0.0), 0.0)
    return openmetrics > 0.0 and openmetrics >= liked


def accepts_gzip(accept_encoding: str) -> bool:
    """Tell whether a gzip body may be sent."""
    return any(name in ("gzip", "x-gzip") and quality > 0.0 for name, _, quality in _parse(accept_encoding))


def _parse(header: str) -> Iterator[_Accepted]:
    """Yield the members of an Accept header; a quality that cannot be read is none at all."""
    for member in header.split(","):
        name, *rest = (part.strip() for part in member.split(";"))
        parameters = dict(_parameter(part) for part in rest)
        yield _Accepted(name.lower(), parameters.get("version"), _quality(parameters.get("q", "1")))


def _parameter(text: str) -> tuple[str, str]:
    """Return name and value of a parameter; names are of any case, and values may stand in quotes."""
    name, _, value = text.partition("=")
    return name.strip().lower(), value.strip().strip('"')


def _quality(text: str) -> float:
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0
