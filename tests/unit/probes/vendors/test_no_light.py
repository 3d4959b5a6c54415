"""What stands for "no value" never becomes light: sentinels throughout a table, and in recordings of every maker."""

from __future__ import annotations

import random

import pytest

from netmon.lab.routers.agent import Mib
from netmon.lab.routers.recording import SUFFIX, parse_line
from netmon.probes.snmp.ber import Value
from netmon.probes.snmp.device import read_device
from netmon.probes.snmp.habits import Habits
from netmon.probes.vendors import mikrotik, optics
from netmon.probes.vendors.families import all_tables
from netmon.probes.vendors.huawei import powers_dbm
from netmon.probes.vendors.rows import OnuRow, OpticRow, Row
from netmon.probes.vendors.tables import Found, Part
from netmon.probes.vendors.values import SENTINELS
from tests.rows import every_row
from tests.unit.probes.snmp.agents import now
from tests.unit.probes.vendors.entities import ENTITIES
from tests.unit.probes.vendors.plausible import all_flaws
from tests.unit.probes.vendors.recordings import FOLDER, NAMES, RecordedReader

NOTHING: tuple[Value, ...] = (0, *sorted(SENTINELS), b"", b"N/A", b"--", b"-Inf", b"0.000", b"2147483647")
INDEXES = ((1,), (2, 1))
LIT = [table for table in all_tables() if {Part.OPTICS, Part.ONUS} & {table.part, *table.also}]


def light(row: Row) -> list[float]:
    names = [name for name in type(row).__slots__ if name.endswith("_dbm")]
    powers = [getattr(row, name) for name in names] if isinstance(row, OpticRow | OnuRow) else []
    return [power for power in powers if power is not None]


@pytest.mark.parametrize("nothing", NOTHING, ids=repr)
def test_a_sentinel_throughout_is_no_light(nothing: Value) -> None:
    for table in LIT:
        for state in (nothing, *range(5)):  # those of ONUs that are on, by maker
            columns = {column: dict.fromkeys(INDEXES, state) for column in table.columns}
            if mikrotik.NAME in columns:
                columns[mikrotik.NAME] = dict.fromkeys(INDEXES, b"sfp1")
            found = Found(columns, {}, {1: "sfp1", 2: "EPON0/1:3"}, ENTITIES)
            cells = {} if table.cells is None else table.cells(found)
            scalars = {name: nothing for names in cells.values() for name in names}
            rows = table.decode(Found(columns, scalars, found.ports, found.entities))
            if table.cells is not None or state is nothing:
                assert [one for row in rows for one in light(row)] == [], table.name


def spoiled(name: str, chance: random.Random) -> Mib:
    """Return a recording in which everything that a maker measures is a sentinel; states and scales stay."""
    objects = {}
    for line in (FOLDER / f"{name}{SUFFIX}").read_bytes().splitlines():
        if line.startswith(b"#"):
            continue
        oid, kind, value = line.split(b"|", 2)
        if oid.startswith((b"1.3.6.1.4.1.", b"1.3.6.1.2.1.99.")):
            if kind == b"4" and value.lstrip()[:1] == b"-":
                value = chance.choice((b"N/A", b"-Inf", b"0.000", b"-32768"))
            elif kind in (b"2", b"66") and abs(int(value)) > 20:
                value = b"%d" % chance.choice([one for one in SENTINELS if kind == b"2" or one >= 0])
        arcs, content = parse_line(b"|".join((oid, kind, value)))
        objects[arcs] = content
    return Mib(objects)


@pytest.mark.parametrize("name", NAMES)
def test_sentinels_in_a_recording_are_no_light(name: str) -> None:
    reader = RecordedReader(name)
    reader.mib = spoiled(name, random.Random(name))
    reading = now(read_device(reader, Habits()))
    assert (reading.mistakes, reading.failures, all_flaws(reading)) == ((), (), [])
    assert [one for row in reading.optics for one in light(row)] == []


@every_row(
    ("received", "sent", "bias", "believed"),
    [
        (0.0, -3.1, 0.03, (0.0, -3.1)),
        (-7.1, 0.0, 0.03, (-7.1, 0.0)),
        (0.0, 0.0, 0.03, (None, None)),
        (0.0, -3.1, None, (None, -3.1)),
        (-7.1, 0.0, 0.0, (-7.1, None)),
        (0.0, 0.0, 0.0, None),
        (0.0, None, None, None),
    ],
)
def test_zero_dbm_is_believed_of_a_laser_that_works(
    received: float, sent: float | None, bias: float | None, believed: tuple[float | None, float | None] | None
) -> None:
    row = optics.optic("sfp1", receive=received, transmit=sent, bias=bias)
    assert (None if row is None else (row.receive_power_dbm, row.transmit_power_dbm)) == believed


ABOUT = pytest.approx


@pytest.mark.quirk(
    "Huawei", "where a module tells one power alone, the other modules show whether it is in microwatts"
)
@every_row(
    ("modules", "powers"),
    [
        ([(257, 560)], [(ABOUT(-5.9, abs=0.01), ABOUT(-2.52, abs=0.01))]),
        (
            [(257, 560), (None, 545)],
            [(ABOUT(-5.9, abs=0.01), ABOUT(-2.52, abs=0.01)), (None, ABOUT(-2.64, abs=0.01))],
        ),
        ([(-705, -552), (None, 250)], [(-7.05, -5.52), (None, 2.5)]),
        ([(None, 250)], [(None, None)]),  # 2.5 dBm, or 250 microwatts
        ([(None, 1250)], [(None, ABOUT(0.97, abs=0.01))]),  # no laser has 12.5 dBm
        ([(None, -552)], [(None, -5.52)]),
        ([(0, 0), (None, None)], [(None, None), (None, None)]),
    ],
)
def test_huawei_microwatts_and_hundredths(
    modules: list[tuple[int | None, int | None]], powers: list[tuple[float | None, float | None]]
) -> None:
    assert powers_dbm(modules) == powers
