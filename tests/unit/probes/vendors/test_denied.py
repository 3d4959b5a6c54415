"""What no walk may touch."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors.denied import DENIED, denial
from netmon.probes.vendors.families import all_tables
from netmon.probes.vendors.interfaces import FALLBACK_COLUMNS
from tests.rows import every_row


@pytest.mark.quirk("MikroTik", "reading a row of the script table may run it: it is never asked for")
@pytest.mark.parametrize(
    "root", ["1.3.6.1.4.1.14988.1.1.18", "1.3.6.1.4.1.14988.1.1.18.1.1.2", "1.3.6.1.4.1.14988", "1.3.6.1"]
)
def test_scripts_are_out_of_reach(root: str) -> None:
    assert "script" in (denial(oid(root)) or "")


@pytest.mark.quirk(
    "all", "columns with passwords of ONUs, guests and communities are readable: they are never asked for"
)
@every_row(
    ("root", "why"),
    [
        ("1.3.6.1.4.1.14988.1.1.5.1.1.3", "guests"),
        ("1.3.6.1.4.1.5875.800.3.10.1.1.21.4", "FiberHome"),
        ("1.3.6.1.4.1.2011.6.128.1.1.2.43.1.4", "Huawei"),
        ("1.3.6.1.4.1.3902.1082.500.20.2.14.2.1.7", "ZTE"),
        ("1.3.6.1.4.1.41112.1.3.1.1.15.1", "airFiber"),
        ("1.3.6.1.4.1.8072.1.3.2.3.1.2", "runs the commands"),
        ("1.3.6.1.4.1.2021.8.1.101", "runs the commands"),
        ("1.3.6.1.6.3.18.1.1.1.2", "communities"),
        ("1.2.840.10036.1.3.1.2", "wireless"),
    ],
)
def test_secrets_and_what_acts_are_out_of_reach(root: str, why: str) -> None:
    assert why in (denial(oid(root)) or "")


@every_row("root", ["1.3.6.1.4.1.2021.4", "1.3.6.1.2.1", "1.3.6.1.4.1.14988.1.1.19", "1.3.6.1.4.1.14988.1.1.1"])
def test_the_rest_may_be_walked(root: str) -> None:
    assert denial(oid(root)) is None


def test_polls_read_nothing_denied() -> None:
    read = [oid for table in all_tables() for oid in (*table.columns, *table.scalars)]
    assert DENIED
    assert read
    assert not [column for column in (*read, *FALLBACK_COLUMNS) if denial(column)]


def test_tables_have_names_of_their_own() -> None:
    names = [table.name for table in all_tables()]
    assert len(names) == len(set(names))
