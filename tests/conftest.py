"""How long Hypothesis may look, which tests run side by side or in which process, and where their figures are shown.

In the default run Hypothesis looks briefly, and at the same examples each time: what fails then is the change, never
the luck of the draw. With HYPOTHESIS_PROFILE=thorough it looks long, and at new ones.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Generator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("quick", max_examples=25, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell lets what it starts in the background ignore Ctrl-C, and every command that tests type would do so too.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let several processes share the unit tests; under `-n` each of them would collect all."""
    parser.addoption("--part", metavar="N/M", type=_part, help="collect the Nth of M parts of the unit tests only")


def _part(text: str) -> tuple[int, int]:
    number, _, count = text.partition("/")
    if not 1 <= int(number) <= int(count):
        raise ValueError(text)
    return int(number), int(count)


DEARER = {
    "bench/test_starved.py": 122, "report/test_months.py": 120, "picture/test_ledger_histories.py": 117,
    "test_docs.py": 111, "recall/test_recall.py": 84, "journal/test_salvage.py": 74, "bench/test_bad_clocks.py": 70,
    "exporter/test_indonesian.py": 67, "inventory/test_yaml.py": 64, "exporter/test_hostile_names.py": 62,
    "inventory/test_document.py": 60, "probes/test_belief.py": 56, "exporter/test_app.py": 54,
    "probes/snmp/test_hostile.py": 53, "exporter/test_openapi.py": 47, "topology/test_draw_live.py": 45,
    "probes/test_belief_lines.py": 45, "picture/test_scenarios.py": 43, "bench/test_rehearsal.py": 42,
    "picture/test_silent_faults.py": 41, "country/test_federation.py": 36, "probes/test_optics.py": 35,
    "probes/vendors/test_recordings.py": 33, "topology/test_redundancy.py": 31, "inventory/test_schema.py": 30,
    "inventory/test_tuban.py": 29, "inventory/test_bad_files.py": 29, "topology/test_diagnosis_oracle.py": 27,
    "probes/test_trace_packets.py": 27, "topology/test_layout.py": 22, "lab/test_clients.py": 22,
    "probes/snmp/test_folding.py": 20, "exporter/test_catalogue.py": 19, "probes/vendors/test_no_light.py": 18,
    "probes/icmp/test_inflight.py": 18,
}  # fmt: skip
"""Modules that take longer than their size says, by how many thousand characters, as measured once.

Where it is out of date the parts are less equal, and nothing else.
"""


def _size(path: Path, name: str) -> int:
    """Return about how long a module takes, in characters of plain tests: a property takes as long as 4,400."""
    text = path.read_text(encoding="utf-8")
    return len(text) + 4_400 * text.count("@given") + 1_800 * text.count("parametrize") + 1_000 * DEARER.get(name, 0)


@cache
def _parts(count: int) -> dict[Path, int]:
    """Return the part of each module of the unit tests: neighbours are together, as they import and make the same."""
    top = Path(__file__).parent / "unit"
    names = {path: path.relative_to(top).as_posix() for path in top.rglob("test_*.py")}
    sizes = {path: _size(path, name) for path, name in names.items()}
    parts, before = {}, 0.0
    for path in sorted(names, key=lambda path: ("/" in names[path], names[path])):
        middle = before + sizes[path] / 2
        parts[path] = int(middle * count / sum(sizes.values())) + 1
        before += sizes[path]
    return parts


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the modules of other parts."""
    if config.getoption("part") is None:
        return None
    number, count = config.getoption("part")
    return True if _parts(count).get(collection_path, number) != number else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector from what collecting makes: all of it stays, and looking through it takes time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)  # little of what tests make is in cycles: 700 objects are no reason to look
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let those marked `long` begin first, so that no other process waits for them in the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep the tests of a module in one process, where they share fixtures; those marked `apart` share none."""
    from tests.by_module import ByModule

    return ByModule(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests recorded with `record_property("figure", …)`."""
    reports = terminalreporter.getreports("passed")
    figures = [str(text) for report in reports for name, text in report.user_properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
        for figure in figures:
            terminalreporter.write_line(figure)
