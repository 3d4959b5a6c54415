"""What is read of certificates, also of those that nobody should have made."""

from __future__ import annotations

import datetime as dt
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from netmon.probes.http.certificates import LONGEST_NAME, MOST_NAMES, chain_of, read
from tests.rows import every_row

KEY = ec.generate_private_key(ec.SECP256R1())
BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
END = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)


def made(*names: x509.GeneralName, subject: str = "web.test") -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject)] if subject else [])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(BEGIN)
        .not_valid_after(END)
    )
    if names:
        built = built.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return built.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


class Sent:
    """A TLS object whose other end sent these certificates."""

    def __init__(self, *chain: bytes) -> None:
        self.chain = chain

    def get_unverified_chain(self) -> tuple[bytes, ...]:
        return self.chain


ODD = (
    x509.OtherName(ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), b"\x0c\x01x"),
    x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x" * 64)])),
    x509.RegisteredID(ObjectIdentifier("1.2.3")),
    x509.UniformResourceIdentifier("http://web.test/"),
    x509.RFC822Name("desa@web.test"),
    x509.DNSName("*.desa.test"),
    x509.DNSName("a\0b.test"),
    x509.DNSName("x" * 5_000),
    x509.IPAddress(ipaddress.ip_address("::1")),
)


def test_of_odd_names_those_of_hosts_are_kept_and_all_are_short() -> None:
    found = read(made(*ODD))
    assert found.names == ("*.desa.test", "a\0b.test", "x" * LONGEST_NAME, "::1")
    assert (found.not_before, found.not_after) == (BEGIN.timestamp(), END.timestamp())
    assert read(made(subject="")).subject == ""
    assert len(read(made(*(x509.DNSName(f"v{number}.test") for number in range(500)))).names) == MOST_NAMES


def test_names_that_cannot_be_read_leave_the_dates() -> None:
    good = made(x509.DNSName("web.test"))
    at = good.index(b"web.test", good.index(b"\x55\x1d\x11"))  # in the extension subjectAltName
    broken = good[:at] + b"w\xff\xfe.test" + good[at + 8 :]
    found = read(broken)
    assert (found.names, found.not_after) == ((), END.timestamp())


def test_bytes_in_disorder_never_make_more_than_an_unread_certificate() -> None:
    good = made(*ODD[:6])
    for place in range(0, len(good), 2):
        for value in (0x00, 0x30, 0xFF):
            changed = good[:place] + bytes([value]) + good[place + 1 :]
            assert len(chain_of(Sent(changed, good))) in (1, 2)


@every_row("der", [b"", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", bytes(100)])
def test_what_is_no_certificate_is_left_out(der: bytes) -> None:
    assert chain_of(Sent(der)) == ()
