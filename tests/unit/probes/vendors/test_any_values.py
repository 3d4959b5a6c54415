"""Whatever stands in the variables of a table: no decoder raises, and nothing implausible is left."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.snmp.ber import Index, Oid, Value, oid
from netmon.probes.vendors.families import all_tables
from netmon.probes.vendors.tables import Found, Table
from tests.unit.probes.vendors.entities import ENTITIES
from tests.unit.probes.vendors.plausible import flaws

SENTINELS = (0, -1, 1, 2, 3, 6, 100, 65535, -65535, -80000, -10_000, -1_000_000, 10**9, 2**31 - 1, 2**31, 2**32 - 1)
TEXTS = (b"", b"N/A", b"--", b"-Inf", b"0.000", b"-21.3 dBm", b"1e999", b"9" * 19, b"nan", b"\xff\x00", b"-5.89,-Inf")
OTHERS: tuple[Value, ...] = (None, Oid(oid("1.3.6.1.2.1.2.2.1.1.1")), Oid(b"\xff"), Oid(b""))
INDEXES: tuple[Index, ...] = (  # never empty: a walk takes that for a loop
    (1,),
    (2,),
    (3,),
    (1, 1),
    (1, 2),
    (2, 3),
    (1, 4),
    (1, 1, 1, 4, 10, 0, 0, 1),
    (2**32 - 1,),
)


def any_value(chance: random.Random) -> Value:
    match chance.randrange(6):
        case 0:
            return chance.choice(SENTINELS)
        case 1:
            return chance.choice(TEXTS)
        case 2:
            return chance.choice(OTHERS)
        case 3:
            return chance.randbytes(chance.randrange(12))
        case 4:
            return chance.randint(-(2**63), 2**64 - 1)
        case _:
            return chance.randint(-50_000, 50_000)


def any_index(chance: random.Random) -> Index:
    if chance.random() < 0.8:
        return chance.choice(INDEXES)
    return tuple(chance.randrange(2**32) for _ in range(chance.randrange(1, 12)))


def any_columns(chance: random.Random, names: Iterable[bytes]) -> dict[bytes, dict[Index, Value]]:
    return {
        name: {any_index(chance): any_value(chance) for _ in range(chance.randrange(5))}
        for name in names
        if chance.random() < 0.9
    }


# One test of all tables: one for each would spend its time in starting Hypothesis.
@given(st.integers(0, 2**64 - 1))
def test_no_value_of_any_column_raises_or_becomes_an_implausible_number(seed: int) -> None:
    found = {}
    for table in all_tables():
        try:
            found[table.name] = flaws_of(table, random.Random(f"{seed} {table.name}"))
        except Exception as error:
            error.add_note(f"table {table.name}")
            raise
    assert {name: flaws for name, flaws in found.items() if flaws} == {}


def flaws_of(table: Table, chance: random.Random) -> list[str]:
    """Return what is implausible in the rows that a table makes of some values."""
    columns = any_columns(chance, table.columns)
    scalars = {name: any_value(chance) for name in table.scalars if chance.random() < 0.9}
    known = Found(columns, scalars, {1: "sfp1", 2: "EPON0/1:3"}, ENTITIES)
    if table.then is not None:
        known = replace(known, columns={**columns, **any_columns(chance, table.then(known))})
    if table.cells is not None:
        cells = [name for names in table.cells(known).values() for name in names]
        known = replace(known, scalars={**scalars, **{name: any_value(chance) for name in cells}})
    rows = table.decode(known)
    assert len({hash(row.key) for row in rows}) <= len(rows)
    return [flaw for row in rows for flaw in flaws(row)]
