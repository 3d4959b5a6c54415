"""Version 3 notifications: the user-based security model (RFC 3414) by pysnmp, an engine for each set of credentials.

For traps the sender's engine is the authority, for informs this one. pysnmp proves and decrypts; what it does not
check of a trap is checked here before it: that the user and the level are those of the credentials, and that the
message is not an old one (RFC 3414 §3.2, step 7b).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, NamedTuple

from pyasn1.codec.ber import encoder
from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.proto import rfc3411
from pysnmp.proto.api import v2c

from netmon.errors import ConfigError
from netmon.probes.snmp.ber import Malformed
from netmon.probes.traps.message import Notification, SecureHead, decode_pdu, decode_secure_head

WINDOW = 150
"""Seconds by which a message may be late (RFC 3414 §2.2.3)."""
_TIMER_SECONDS = 1.0
_ENTERPRISE = bytes.fromhex("80004fb805")  # pysnmp's own enterprise number; format 5: octets of our choice

AUTH_PROTOCOLS = {
    "md5": config.USM_AUTH_HMAC96_MD5,
    "sha1": config.USM_AUTH_HMAC96_SHA,
    "sha224": config.USM_AUTH_HMAC128_SHA224,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
    "sha384": config.USM_AUTH_HMAC256_SHA384,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}
PRIV_PROTOCOLS = {
    "des": config.USM_PRIV_CBC56_DES,
    "aes128": config.USM_PRIV_CFB128_AES,
    "aes192": config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256": config.USM_PRIV_CFB256_AES_BLUMENTHAL,
    "aes192c": config.USM_PRIV_CFB192_AES,
    "aes256c": config.USM_PRIV_CFB256_AES,
}
"""Keys are extended by the draft of Blumenthal, those ending in `c` as Cisco does; pysnmp's names hide the latter."""
_NOTIFICATIONS = (v2c.SNMPv2TrapPDU.tagSet, v2c.InformRequestPDU.tagSet)
_MOST_REFUSALS, _MOST_MESSAGES = 1_000, 10_000
"""Messages that pysnmp may refuse, and read, before its engine is made anew: it forgets none of them."""


class Credentials(NamedTuple):
    """A user and its secrets, as an inventory's version 3 entry has them once they are revealed."""

    user: bytes
    auth_protocol: str | None = None
    auth_password: str = ""
    priv_protocol: str | None = None
    priv_password: str = ""

    @property
    def level(self) -> int:
        """The security level: 1 nothing, 2 authenticated, 3 encrypted as well (RFC 3411 §3.4.3)."""
        return 1 + (self.auth_protocol is not None) + (self.priv_protocol is not None)

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r}, level={self.level})"


class Heard(NamedTuple):
    """What came of one datagram: the proven notification, if any, and the datagrams to send back.

    A sender that asks how to speak to this engine (discovery, RFC 3414 §4) gets an answer and is not `refused`.
    """

    notification: Notification | None = None
    answers: tuple[bytes, ...] = ()
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest proven message of an engine, and when it came (monotonic seconds)."""

    boots: int
    time: int
    at: float


def is_timely(seen: Seen | None, head: SecureHead, now: float) -> bool:
    """Tell whether a message may be new: not from before the last restart, nor later than the window allows. Pure."""
    if seen is None or head.boots > seen.boots:
        return True
    return head.boots == seen.boots and head.time >= seen.time + (now - seen.at) - WINDOW


class _Outbox:
    """Stands where pysnmp expects its network, and keeps what it wants to send."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def register_recv_callback(self, callback: Any, recv_id: Any) -> None:
        """Do nothing: datagrams are handed over by call."""

    def register_timer_callback(self, callback: Any) -> None:
        """Do nothing: what timers would forget is forgotten with the engine."""

    def get_timer_resolution(self) -> float:
        """Return the seconds between two ticks."""
        return _TIMER_SECONDS

    def send_message(self, message: bytes, domain: Any, address: Any) -> None:  # noqa: ARG002 (pysnmp's interface)
        """Keep a message."""
        self.sent.append(bytes(message))


class SecureReceiver:
    """Hears the version 3 notifications of one set of credentials."""

    def __init__(self, credentials: Credentials, name: str, boots: int) -> None:
        """Set up the engine.

        Args:
            credentials: the user.
            name: what this engine's identity is made from; the same name gives the same engine.
            boots: how often it has started, never less than before (RFC 3414 §2.2); minutes since 1970 will do.

        Raises:
            ConfigError: a password is too short for the user-based security model (RFC 3414 §11.2).
        """
        for password in (credentials.auth_password, credentials.priv_password):
            if password and len(password) < 8:
                raise ConfigError(
                    f"an SNMPv3 password of user {credentials.user.decode(errors='replace')} has under 8 characters",
                    "RFC 3414 asks for 8; change it on the routers too",
                )
        self._credentials = credentials
        self._protocols, self._keys = _keys(credentials)
        self._identity = _ENTERPRISE + hashlib.sha256(name.encode()).digest()[:8]
        self._boots = boots
        self._seen: dict[bytes, Seen] = {}
        self._engines: dict[str, bytes] = {}
        self._heard: list[Notification] = []
        self._start()

    def _start(self) -> None:
        self._refused = self._read = 0
        self._engines.clear()
        self._outbox = _Outbox()
        self._engine = SnmpEngine()
        mib = self._engine.get_mib_builder()
        identity, boots = mib.import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineID", "snmpEngineBoots")
        identity.syntax = identity.syntax.clone(self._identity)
        boots.syntax = boots.syntax.clone(self._boots)
        self._engine.snmpEngineID = identity.syntax
        self._engine.register_transport_dispatcher(self._outbox)
        self._engine.message_dispatcher.register_context_engine_id(b"", _NOTIFICATIONS, self._take)
        self._add_user(None)

    def hear(self, data: bytes, source: str, now: float) -> Heard:
        """Prove and decrypt one datagram from `source`, at `now` (monotonic seconds).

        Raises:
            Malformed: it is not a version 3 message that pysnmp can read.
        """
        head = decode_secure_head(data)
        is_ours = head.engine_id in (b"", self._identity)
        if not is_ours and not self._may_be(head, source, now):
            return Heard(refused=True)
        self._heard.clear()
        self._outbox.sent.clear()
        address = udp.UdpTransportAddress((source, 0))
        try:
            self._engine.message_dispatcher.receive_message(self._engine, udp.DOMAIN_NAME, address, data)
        except Exception as error:  # what pysnmp and pyasn1 raise on hostile input is not bounded by any type
            self._grow_old(refused=True)
            raise Malformed(f"pysnmp cannot read it: {type(error).__name__}") from error
        answers = tuple(self._outbox.sent)
        self._grow_old(refused=not self._heard)
        if not self._heard:
            return Heard(None, answers, refused=head.engine_id != b"" and head.boots != 0)
        seen = self._seen.get(head.engine_id)
        if not is_ours and (seen is None or (head.boots, head.time) > (seen.boots, seen.time)):
            self._seen[head.engine_id] = Seen(head.boots, head.time, now)
        return Heard(self._heard[0], answers)

    def _may_be(self, head: SecureHead, source: str, now: float) -> bool:
        """Tell whether a trap can be good by what it says in clear, and let pysnmp know its sender's engine."""
        level = 1 + head.authenticated + head.encrypted
        if head.user != self._credentials.user or level != self._credentials.level:
            return False
        if not 5 <= len(head.engine_id) <= 32 or not is_timely(self._seen.get(head.engine_id), head, now):
            return False
        if (
            self._engines.get(source) != head.engine_id
        ):  # one for each source: whoever invents some displaces their own
            if source in self._engines and self._engines[source] not in self._others(source):
                config.delete_v3_user(self._engine, self._credentials.user, self._octets(self._engines[source]))
                self._seen.pop(self._engines[source], None)
            if head.engine_id not in self._others(source):
                self._add_user(head.engine_id)
            self._engines[source] = head.engine_id
        return True

    def _others(self, source: str) -> set[bytes]:
        return {engine for other, engine in self._engines.items() if other != source}

    def _grow_old(self, *, refused: bool) -> None:
        """Count a message; when there were many, begin anew, as an engine that has booted once more."""
        self._read += 1
        self._refused += refused
        if self._refused >= _MOST_REFUSALS or self._read >= _MOST_MESSAGES:
            self._boots += 1
            self._start()

    def _octets(self, engine_id: bytes) -> Any:
        return v2c.OctetString(engine_id)

    def _add_user(self, engine_id: bytes | None) -> None:
        """Localise the user's keys for an engine (RFC 3414 §2.6); None is this one."""
        auth, priv = self._protocols
        auth_key, priv_key = self._keys
        config.add_v3_user(
            self._engine,
            self._credentials.user,
            auth,
            auth_key,
            priv,
            priv_key,
            None if engine_id is None else self._octets(engine_id),
            authKeyType=config.USM_KEY_TYPE_MASTER,
            privKeyType=config.USM_KEY_TYPE_MASTER,
        )

    def _take(self, engine: Any, model: Any, security: Any, name: Any, level: Any, *rest: Any) -> None:
        """Take a proven PDU from pysnmp; acknowledge an inform (RFC 3413 §3.4)."""
        context_engine, context, version, pdu, largest, reference = rest
        if bytes(name) != self._credentials.user or int(level) != self._credentials.level:
            return
        said = decode_pdu(encoder.encode(pdu))
        if pdu.tagSet in rfc3411.CONFIRMED_CLASS_PDUS:
            answer = v2c.apiPDU.get_response(pdu)
            v2c.apiPDU.set_varbinds(answer, v2c.apiPDU.get_varbinds(pdu))
            engine.message_dispatcher.return_response_pdu(
                engine, model, security, name, level, context_engine, context, version, answer, largest, reference, {}
            )
        self._heard.append(said)


def _keys(known: Credentials) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Return a user's protocols and master keys (RFC 3414 §A.2), which take a megabyte of hashing: made once."""
    auth = config.USM_AUTH_NONE if known.auth_protocol is None else AUTH_PROTOCOLS[known.auth_protocol]
    priv = config.USM_PRIV_NONE if known.priv_protocol is None else PRIV_PROTOCOLS[known.priv_protocol]
    auth_key = (
        config.AUTH_SERVICES[auth].hash_passphrase(known.auth_password.encode()) if known.auth_protocol else None
    )
    priv_key = (
        config.PRIV_SERVICES[priv].hash_passphrase(auth, known.priv_password.encode())
        if known.priv_protocol
        else None
    )
    return (auth, priv), (auth_key, priv_key)
