"""Write docs/reference/snmp.md: what is read from whom, and the oddities of devices with the tests that hold them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from netmon.probes.snmp.ber import oid_text
from netmon.probes.vendors.families import FAMILIES, FIRST, LAST
from netmon.probes.vendors.names import dotted_of, name_of
from netmon.probes.vendors.system import vendor
from netmon.probes.vendors.tables import HOUR, MINUTE, SLOW, Table

DOCS = Path(__file__).parent
TESTS = DOCS.parent / "tests" / "unit" / "probes"
PACES = {0.0: "every poll", MINUTE: "a minute", SLOW: "ten minutes", HOUR: "an hour"}

INTRODUCTION = """\
# What is read by SNMP

<!-- Written by docs/generate_snmp.py from netmon/probes/vendors and its tests; change those, not this. -->

Every poll begins with the system group, hrSystemUptime and snmpEngineTime. Then the tables below are read, each at
its own pace and each failing alone; one that a device never filled is asked for every half an hour. Values come out
in SI units and dBm; what a device sends for "cannot say" is no sample, never a number.

A new MIB family is one file in `netmon/probes/vendors` with its tables, and a line in `families.py`.
"""


def page() -> str:
    """Return the reference of tables and oddities."""
    lines = [INTRODUCTION.rstrip(), "", "## Every device", ""]
    lines += _tables((*FIRST, *LAST))
    for family in FAMILIES:
        arcs = family.object_id.removeprefix("1.3.6.1.4.1.")
        lines += ["", f"## {vendor(family.object_id) or 'Several makes'}: sysObjectID 1.3.6.1.4.1.{arcs}", ""]
        lines += _tables(family.tables)
    lines += ["", "## Oddities", "", "| of | what | test |", "|---|---|---|"]
    lines += [f"| {maker} | {what} | `{test}` |" for maker, what, test in sorted(_quirks())]
    return "\n".join(lines) + "\n"


def _tables(tables: tuple[Table, ...]) -> Iterator[str]:
    yield "| table | gives | read | objects |"
    yield "|---|---|---|---|"
    for table in tables:
        parts = ", ".join((table.part, *table.also))
        objects = dict.fromkeys(_object(encoded) for encoded in (*table.scalars, *table.columns))
        yield f"| `{table.name}` | {parts} | {PACES.get(table.every, f'{table.every:g} s')} | {', '.join(objects)} |"


def _object(encoded: bytes) -> str:
    named, dotted = name_of(encoded), oid_text(encoded)
    is_exact = named is not None and dotted_of(named) == dotted.removesuffix(".0")
    return named.rpartition("::")[2] if named is not None and is_exact else dotted


def _quirks() -> Iterator[tuple[str, str, str]]:
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body if "pytest.mark.quirk" in text else ():
            if not isinstance(node, ast.FunctionDef):
                continue
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.quirk":
                    maker, what = (ast.literal_eval(argument) for argument in decorator.args)
                    yield maker, what, f"{path.name}::{node.name}"


if __name__ == "__main__":
    print(page(), end="")
