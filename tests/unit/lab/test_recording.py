"""Lines of recorded walks: the good, the odd and the useless."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.errors import ConfigError
from netmon.lab.routers.recording import parse_line, read_recording
from netmon.probes.snmp import ber
from tests.rows import every_row


@every_row(
    ("line", "encoded"),
    [
        (b"1.3.6.1.2.1.1.5.0|4|router one", ber.tlv(ber.OCTET_STRING, b"router one")),
        (b".1.3.6.1.2.1.1.5.0|4|leading dot", ber.tlv(ber.OCTET_STRING, b"leading dot")),
        (b"1.3.6.1.2.1.1.5.0|4|a|b||", ber.tlv(ber.OCTET_STRING, b"a|b||")),
        (b"1.3.6.1.2.1.1.5.0|4|", ber.tlv(ber.OCTET_STRING, b"")),
        (b"1.3.6.1.2.1.1.5.0|4|caf\xc3\xa9 \xff", ber.tlv(ber.OCTET_STRING, b"caf\xc3\xa9 \xff")),
        (b"1.3.6.1.2.1.1.5.0|4x|B869f4000102", ber.tlv(ber.OCTET_STRING, bytes.fromhex("b869f4000102"))),
        (b"1.3.6.1.2.1.1.5.0|4e|a\\x00b\\n", ber.tlv(ber.OCTET_STRING, b"a\0b\n")),
        (b"1.3.6.1.2.1.1.7.0|2|-290", ber.encode_integer(-290)),
        (b"1.3.6.1.2.1.1.7.0|2| 78 ", ber.encode_integer(78)),
        (b"1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.14988.1", ber.tlv(6, ber.oid("1.3.6.1.4.1.14988.1"))),
        (b"1.3.6.1.2.1.4.20.1.1.1|64|10.1.2.3", ber.tlv(ber.IP_ADDRESS, bytes((10, 1, 2, 3)))),
        (b"1.3.6.1.2.1.4.20.1.1.1|64x|0a010203", ber.tlv(ber.IP_ADDRESS, bytes((10, 1, 2, 3)))),
        (b"1.3.6.1.2.1.1.3.0|67|4294967295", ber.tlv(ber.TIME_TICKS, b"\0\xff\xff\xff\xff")),
        (b"1.3.6.1.2.1.1.3.0|65x|ff", ber.tlv(ber.COUNTER32, b"\0\xff")),
        (b"1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615", ber.tlv(ber.COUNTER64, b"\0" + b"\xff" * 8)),
        (b"1.3.6.1.2.1.1.9.0|5|", bytes((ber.NULL, 0))),
    ],
)
def test_good_lines(line: bytes, encoded: bytes) -> None:
    assert parse_line(line)[1] == encoded


@every_row(
    ("line", "why"),
    [
        (b"1.3.6.1.2.1.1.5.0 = STRING: walk", "not OID|TYPE|VALUE"),
        (b"1.3.6.1.2.1.1.5.0|4", "not OID|TYPE|VALUE"),
        (b"SNMPv2-MIB::sysName.0|4|x", "is not a list of numbers"),
        (b"9.9.9|4|x", "is not an object identifier"),
        (b"1.3.6.4294967296|4|x", "cannot stand in an object identifier"),
        (b"1.3.6.1|string|x", "type 'string' is not a number"),
        (b"1.3.6.1||x", "type '' is not a number"),
        (b"1.3.6.1|9|x", "type 9 is not one of SNMP's"),
        (b"1.3.6.1|67:numeric|rate=100", "only recorded values are served"),
        (b"1.3.6.1|2|up(1)", "'up(1)' is not a number"),
        (b"1.3.6.1|2|" + b"9" * 5000, "'" + "9" * 40 + "' is not a number"),
        (b"1.3.6.1|" + b"9" * 5000 + b"|1", "type '" + "9" * 40 + "' is not a number"),
        (b"1.3.6.1|4e|\\u1234", "the value's escapes are not those of octets"),
        (b"1.3.6.1|4e|\\x", "the value's escapes are not those of octets"),
        (b"1.3.6.1|64|1.2.3", "the value is not an IPv4 address"),
        (b"1.3.6.1|66|-1", "-1 is out of the range of type 66"),
        (b"1.3.6.1|65|4294967296", "4294967296 is out of the range of type 65"),
        (b"1.3.6.1|2|99999999999999999999", "99999999999999999999 is too large"),
        (b"1.3.6.1|4x|B8:69", "the value is not hexadecimal"),
        (b"1.3.6.1|64x|0a0102", "an address of 3 octets"),
        (b"1.3.6.1|64|host.test", "the value is not an IPv4 address"),
    ],
)
def test_useless_lines_say_why(line: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        parse_line(line)


@given(st.binary(max_size=60))
def test_any_line_is_an_object_or_a_problem(line: bytes) -> None:
    try:
        name, encoded = parse_line(line)
    except ValueError:
        return
    assert name
    assert len(encoded) >= 2


def test_the_mark_at_the_beginning_of_what_windows_writes_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "router.snmprec"
    path.write_text("1.3.6.1.2.1.1.5.0|4|router\r\n", encoding="utf-8-sig")
    mib, problems = read_recording(path)
    assert (len(mib), problems) == (1, ())


def test_a_file_costs_only_its_bad_lines(tmp_path: Path) -> None:
    path = tmp_path / "public.snmprec"
    path.write_bytes(
        b"# comment\r\n\r\n1.3.6.1.2.1.1.5.0|4|two\r\nnonsense\r\n1.3.6.1.2.1.1.1.0|4|one\r\n"
        b"1.3.6.1.2.1.1.5.0|4|again"
    )
    mib, problems = read_recording(path)
    assert len(mib) == 2
    assert [(problem.line, problem.message) for problem in problems] == [
        (4, "not OID|TYPE|VALUE"),
        (6, "this object stands in the file twice"),
    ]


def test_a_file_without_objects_and_no_file_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "empty.snmprec"
    path.write_bytes(b"nonsense\n")
    with pytest.raises(ConfigError, match="holds no object") as caught:
        read_recording(path)
    assert len(caught.value.problems) == 1
    with pytest.raises(ConfigError, match="cannot be read"):
        read_recording(tmp_path / "missing.snmprec")
