"""The certificates that a TLS server sends, also where they are not accepted.

A certificate that has expired is worth most to whoever must renew it, but Python keeps none of a handshake that
failed. So the chain is then fetched once more, over a connection that verifies nothing and asks nothing.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from functools import cache
from typing import Any

from cryptography import x509

from netmon.probes.services.result import Certificate

MOST_CERTIFICATES = 8  # of one chain
MOST_NAMES = 16  # of one certificate
LONGEST_NAME = 200
_UNREADABLE = (ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


@cache
def unverifying() -> ssl.SSLContext:
    """Return a context that accepts any certificate; only for reading one, never for asking or telling anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def chain_of(tls: Any) -> tuple[Certificate, ...]:
    """Return the chain that the other end of a TLS object sent, its own certificate first."""
    found = []
    for der in _sent(tls)[:MOST_CERTIFICATES]:
        with suppress(*_UNREADABLE):  # what cannot be read says nothing; OpenSSL took it or not
            found.append(read(der))
    return tuple(found)


def read(der: bytes) -> Certificate:
    """Return what a certificate (DER) says; names that cannot be read are left out, its dates are worth more.

    Raises:
        ValueError, TypeError, InvalidVersion: it cannot be read.
    """
    loaded = x509.load_der_x509_certificate(der)
    names: tuple[str, ...] = ()
    with suppress(x509.ExtensionNotFound, *_UNREADABLE):
        alternatives = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = (
            *alternatives.get_values_for_type(x509.DNSName),
            *(str(address) for address in alternatives.get_values_for_type(x509.IPAddress)),
        )
    return Certificate(
        subject=loaded.subject.rfc4514_string()[:LONGEST_NAME],
        issuer=loaded.issuer.rfc4514_string()[:LONGEST_NAME],
        names=tuple(name[:LONGEST_NAME] for name in names[:MOST_NAMES]),
        not_before=loaded.not_valid_before_utc.timestamp(),
        not_after=loaded.not_valid_after_utc.timestamp(),
    )


def _sent(tls: Any) -> list[bytes]:
    public = getattr(tls, "get_unverified_chain", None)  # from Python 3.13
    if public is not None:
        return list(public() or ())
    inner = getattr(tls, "_sslobj", None)  # before, under a name of its own
    if inner is not None and hasattr(inner, "get_unverified_chain"):
        return [ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in inner.get_unverified_chain() or ()]
    own = tls.getpeercert(binary_form=True)
    return [own] if own else []
