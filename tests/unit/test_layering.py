"""The walls of the house: pure rooms touch nothing outside, and data flows one way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import netmon

PACKAGE = Path(netmon.__file__).parent
TESTS = Path(__file__).parents[1]

# Files and folders whose code is a function of its arguments.
PURE = (
    "model.py",
    "events.py",
    "topology",
    "picture",
    "probes/belief",
    "probes/evidence",
    "probes/optics",
    "probes/snmp/onu_budget.py",
    "probes/trace/packets.py",
    "probes/vendors",
    "probes/agenda.py",
    "probes/http/content.py",
    "probes/services/result.py",
    "probes/services/scope.py",
    "probes/snmp/ber.py",
    "probes/snmp/device.py",
    "probes/snmp/failure.py",
    "probes/snmp/folding.py",
    "probes/snmp/framing.py",
    "probes/snmp/habits.py",
    "probes/snmp/inquiry.py",
    "probes/snmp/walk.py",
    "probes/snmp/pdu.py",
    "probes/snmp/reading.py",
    "probes/traps/hints.py",
    "probes/traps/limits.py",
    "probes/traps/meaning.py",
    "probes/traps/message.py",
    "probes/icmp/packets.py",
    "probes/icmp/wheel.py",
    "inventory/check.py",
    "inventory/document.py",
    "inventory/flaw.py",
    "inventory/plausible.py",
    "inventory/resolve.py",
    "inventory/spelling.py",
    "country/federation.py",
    "country/samples.py",
    "daemon/undone.py",
    "exporter/catalogue.py",
    "exporter/samples",
    "exporter/api/documents.py",
    "exporter/api/drift_document.py",
    "exporter/api/path_document.py",
    "exporter/api/plan_document.py",
    "exporter/api/show_document.py",
    "exporter/api/topology_document.py",
    "exporter/api/why_document.py",
    "exporter/page/bars.py",
    "exporter/page/engineer_phrases.py",
    "exporter/page/tables.py",
    "exporter/page/things.py",
    "exporter/page/wording.py",
    "exporter/prometheus/negotiate.py",
    "exporter/prometheus/targets.py",
    "journal/chain.py",
    "journal/checkpoint.py",
    "journal/lease/claim.py",
    "journal/structure.py",
    "journal/sqlite/wal.py",
    "recall/snapshot.py",
    "recall/recall.py",
    "lab/routers/agent.py",
    "lab/routers/neighbours.py",
    "lab/routers/router_mib.py",
    "lab/routers/trap_words.py",
    "lab/services",
    "lab/story/faults.py",
    "lab/story/state.py",
    "lab/story/words.py",
    "lab/wires",
    "report",
    "sharing",
    "trial/score.py",
)
SHELL_ONLY = frozenset(
    {
        "asyncio", "socket", "selectors", "ssl", "sqlite3", "logging", "subprocess", "threading", "time", "os",
        "random", "click", "rich", "prometheus_client", "starlette", "uvicorn", "httpx2", "pydantic",
    }
)  # fmt: skip

# A room may import the rooms left of it in this table, never those to its right.
ROOMS = (
    ("model", "events", "errors", "clock", "collector"),
    ("sharing",),
    ("inventory",),
    ("probes",),
    ("topology",),
    ("journal",),
    ("picture",),
    ("recall",),
    ("report",),
    ("exporter",),
    ("country",),
    ("daemon",),
    ("trial",),
    ("cli",),
    ("bench",),
)
APART = {
    "probes": {"topology", "journal"},
    "topology": {"probes", "inventory"},
    "picture": {"probes", "journal", "inventory"},
    "lab": {"journal", "picture", "exporter", "daemon", "trial", "bench", "cli"},
}


IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+(\w[\w.]*)[ \t]+import\b|import[ \t]+(\w[^#\n]*))", re.MULTILINE)


@cache
def imports(path: Path) -> frozenset[str]:
    """Return the dotted names a file imports, wherever in the file it does."""
    return frozenset(imported(path.read_text(encoding="utf-8")))


def imported(code: str) -> Iterator[str]:
    """Yield the names that code imports; a parser would give the same in ten times the time.

    That holds where each import begins its line, as the formatter writes it. A sentence of a docstring may be taken
    for one too: then a test fails that should not, and the sentence can be put otherwise.
    """
    for module, names in IMPORT.findall(code):
        if module:
            yield module
        else:
            yield from (name.split()[0] for name in names.split(","))


def test_imports_are_found_wherever_they_stand() -> None:
    code = """import os, sys as s  # why
from netmon.model import (
    Node,
)
if TYPE_CHECKING:
    import netmon.events
def f():
        from  time  import sleep
    important = from_import = 1
"""
    assert list(imported(code)) == ["os", "sys", "netmon.model", "netmon.events", "time"]
    tree = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    parsed = {one.module for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)}
    assert parsed <= imports(Path(__file__))


def files(place: str) -> list[Path]:
    path = PACKAGE / place
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def test_pure_rooms_touch_nothing_outside() -> None:
    for path in (path for place in PURE for path in files(place)):
        touched = {name for name in imports(path) if name.split(".")[0] in SHELL_ONLY}
        assert not touched, f"{path.relative_to(PACKAGE)} is pure but imports {sorted(touched)}"


def test_every_pure_place_exists() -> None:
    assert not [place for place in PURE if not (PACKAGE / place).exists()]


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def test_data_flows_one_way() -> None:
    rank = {name: index for index, names in enumerate(ROOMS) for name in names}
    for path in sorted(PACKAGE.rglob("*.py")):
        here = room(path)
        if here not in rank and here not in APART:
            continue
        for name in imports(path):
            if not name.startswith("netmon."):
                continue
            there = name.split(".")[1]
            assert there not in APART.get(here, set()), f"{path.relative_to(PACKAGE)} imports {name}"
            if here in rank and there in rank:
                assert rank[there] <= rank[here], f"{path.relative_to(PACKAGE)} imports {name}"


def test_networkx_stays_inside_topology() -> None:
    users = {
        room(path) for path in PACKAGE.rglob("*.py") if any(n.split(".")[0] == "networkx" for n in imports(path))
    }
    assert users <= {"topology"}


def test_what_tests_share_stands_in_no_test() -> None:
    for path in sorted(TESTS.rglob("*.py")):
        for name in imports(path):
            assert not (name.startswith("tests.") and ".test_" in name), f"{path.relative_to(TESTS)} imports {name}"
