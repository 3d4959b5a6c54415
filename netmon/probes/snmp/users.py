"""Users of SNMPv3 (RFC 3414, RFC 7860): from named credentials and their secrets to keys.

A password becomes a master key, which costs a megabyte of hashing; that is done once for each user, never for each
device. gufo-snmp makes the key of a device from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from gufo.snmp import (
    Aes128Key,
    Aes192Key,
    Aes256Key,
    BaseAuthKey,
    BasePrivKey,
    DesKey,
    KeyExpansion,
    Md5Key,
    Sha1Key,
    Sha224Key,
    Sha256Key,
    Sha384Key,
    Sha512Key,
    User,
)
from gufo.snmp.user import KeyType

from netmon.errors import ConfigError
from netmon.model import SHORTEST_PASSWORD, SecretRef, SnmpAuth

Reveal = Callable[[SecretRef], str]

AUTHENTICATION: Final[Mapping[str, type[BaseAuthKey]]] = {
    "md5": Md5Key,
    "sha1": Sha1Key,
    "sha224": Sha224Key,
    "sha256": Sha256Key,
    "sha384": Sha384Key,
    "sha512": Sha512Key,
}
PRIVACY: Final[Mapping[str, tuple[type[BasePrivKey], KeyExpansion]]] = {
    "des": (DesKey, KeyExpansion.Blumenthal),
    "aes128": (Aes128Key, KeyExpansion.Blumenthal),
    "aes192": (Aes192Key, KeyExpansion.Blumenthal),
    "aes256": (Aes256Key, KeyExpansion.Blumenthal),
    "aes192c": (Aes192Key, KeyExpansion.Cisco),
    "aes256c": (Aes256Key, KeyExpansion.Cisco),
}


def user_of(auth: SnmpAuth, reveal: Reveal) -> User:
    """Return the user of version 3 credentials with its keys. Takes milliseconds for each password.

    Raises:
        ConfigError: a secret is not there, or is shorter than a password may be.
    """
    if auth.auth_protocol is None:
        return User(auth.user or "")
    authentication = AUTHENTICATION[auth.auth_protocol]
    auth_key = authentication(_master(authentication, auth.auth_password, auth, reveal), KeyType.Master)
    if auth.priv_protocol is None:
        return User(auth.user or "", auth_key=auth_key)
    privacy, expansion = PRIVACY[auth.priv_protocol]
    # Both passwords are hashed by the authentication protocol (RFC 3826 §1.2).
    priv_key = privacy(_master(authentication, auth.priv_password, auth, reveal), KeyType.Master)
    return User(auth.user or "", auth_key=auth_key, priv_key=priv_key, key_expansion=expansion)


def _master(protocol: type[BaseAuthKey], ref: SecretRef | None, auth: SnmpAuth, reveal: Reveal) -> bytes:
    """Return the master key of a password."""
    if ref is None:
        raise ConfigError(f"credentials {auth.name} name a protocol without its password", "name both")
    password = reveal(ref).encode()
    if len(password) < SHORTEST_PASSWORD:
        raise ConfigError(
            f"the password in {ref} is shorter than {SHORTEST_PASSWORD} characters", "SNMPv3 allows no shorter ones"
        )
    return protocol.get_master_key(password)
