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
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.internal.entropy import deterministic_PRNG

settings.register_profile("quick", max_examples=25, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
if settings().derandomize:
    # Now and then Hypothesis takes a number or a text from the modules that happen to be loaded. Then the examples of
    # a test would be others whenever another test ran before it, or a constant changed somewhere.
    vars(providers)["_get_local_constants"] = Constants
with deterministic_PRNG():
    pass  # the first time, Hypothesis looks through all objects: now there are few

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
    "report/test_months.py": 110, "picture/test_ledger_histories.py": 105, "bench/test_starved.py": 97,
    "picture/test_moments.py": 85, "test_docs.py": 77, "bench/test_country_drawing.py": 74,
    "recall/test_recall.py": 70, "exporter/test_indonesian.py": 69, "bench/test_bad_clocks.py": 66,
    "inventory/test_document.py": 63, "probes/test_belief.py": 63, "exporter/test_hostile_names.py": 59,
    "inventory/test_yaml.py": 56, "journal/test_salvage.py": 56, "probes/test_belief_lines.py": 55,
    "exporter/test_openapi.py": 54, "picture/test_scenarios.py": 51, "picture/test_silent_faults.py": 48,
    "exporter/test_app.py": 42, "probes/snmp/test_hostile.py": 40, "probes/test_optics.py": 36,
    "inventory/test_tuban.py": 31, "topology/test_redundancy.py": 31, "probes/vendors/test_recordings.py": 30,
    "inventory/test_bad_files.py": 29, "inventory/test_schema.py": 28, "topology/test_draw_live.py": 28,
    "country/test_federation.py": 27, "bench/test_rehearsal.py": 25, "topology/test_diagnosis_oracle.py": 21,
    "probes/test_trace_packets.py": 20, "topology/test_layout.py": 20, "exporter/test_bars.py": 17,
    "probes/test_belief_loss.py": 17, "probes/vendors/test_no_light.py": 17, "exporter/test_collect.py": -8,
    "picture/test_why.py": -8, "probes/vendors/test_radios.py": -8, "probes/vendors/test_system.py": -8,
    "probes/vendors/test_values.py": -8, "topology/test_diagnosis_drawn.py": -9, "picture/test_fold.py": -10,
    "probes/icmp/test_errors.py": -10, "probes/snmp/test_device.py": -11, "probes/vendors/test_zte_olt.py": -12,
    "topology/test_geo.py": -13, "probes/vendors/test_other_olts.py": -17, "probes/snmp/test_ber.py": -23,
}  # fmt: skip
"""Modules that take longer than their size says, or shorter, by how many thousand characters, as measured once.

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
        gc.set_threshold(
            1_000_000, 20, 20
        )  # little of what tests make is in cycles: 700 objects are no reason to look
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Look for garbage a last time: who looks again, up to the end of Python, need not look through what stays."""
    gc.collect()
    gc.freeze()


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
