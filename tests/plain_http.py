"""Asking who serves plain HTTP: a client made for one request would first read whom the machine trusts, for 30 ms."""

from __future__ import annotations

import ssl

import httpx2

UNTRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody; for clients of plain HTTP."""

HTTP = httpx2.Client(
    timeout=60.0, trust_env=False, verify=UNTRUSTING, limits=httpx2.Limits(max_keepalive_connections=0)
)
"""Asks each time on a connection of its own."""
