"""How long Hypothesis may look, which tests run side by side or in which process, and where their figures are shown.

In the default run Hypothesis looks briefly, and at the same examples each time: what fails then is the change, never
the luck of the draw. With HYPOTHESIS_PROFILE=thorough it looks long, and at new ones.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
from collections.abc import Generator
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings

settings.register_profile("quick", max_examples=25, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
with contextlib.suppress(ImportError):  # what is not said to be public: without it tests are a little slower
    from hypothesis.internal import entropy
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants

    if settings().derandomize:
        # Now and then Hypothesis takes a number or a text from the modules that happen to be loaded. The examples
        # of a test would then be others whenever another ran before it, or a constant changed somewhere.
        vars(providers)["_get_local_constants"] = Constants
    # For each example Hypothesis keeps the state of numpy's one generator for all, which takes longer than many a
    # test does. Nobody uses that one: ruff refuses it (NPY002).
    vars(entropy)["NP_RANDOM"] = Random()
    with entropy.deterministic_PRNG():
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
    "picture/test_moments.py": 25, "report/test_months.py": 65, "bench/test_starved.py": 64,
    "recall/test_recall.py": 51, "exporter/test_openapi.py": 47, "exporter/test_hostile_names.py": 41,
    "exporter/test_indonesian.py": 39, "probes/snmp/test_hostile.py": 37, "picture/test_ledger_histories.py": 29,
    "probes/test_belief_lines.py": 28, "bench/test_bad_clocks.py": 26, "picture/test_silent_faults.py": 25,
    "picture/test_scenarios.py": 24, "journal/test_salvage.py": 18, "probes/test_belief.py": 17,
    "exporter/test_app.py": 16, "test_docs.py": 16, "topology/test_draw_live.py": 15, "inventory/test_tuban.py": 14,
    "bench/test_rehearsal.py": 13, "exporter/test_kept.py": 13, "probes/icmp/test_inflight.py": 13,
    "probes/vendors/test_no_light.py": 12, "inventory/test_yaml.py": 11, "probes/snmp/test_folding.py": 11,
    "exporter/test_metrics.py": 10, "inventory/test_document.py": 10, "probes/test_optics.py": 10,
    "topology/test_layout.py": 10, "probes/vendors/test_any_values.py": 9, "daemon/test_prober.py": 8,
    "inventory/test_schema.py": 8, "lab/test_clients.py": 8, "picture/test_partition.py": 8,
    "exporter/test_negotiate.py": -8, "lab/test_recording.py": -8, "probes/traps/test_receiver.py": -8,
    "exporter/test_web_config.py": -9, "probes/vendors/test_huawei_olt.py": -9,
    "probes/vendors/test_interfaces.py": -9, "probes/vendors/test_system.py": -9,
    "probes/vendors/test_ups_of_makers.py": -9, "picture/test_service_faults.py": -10, "picture/test_why.py": -10,
    "topology/test_discovery.py": -10, "topology/test_drift.py": -10, "exporter/test_collect.py": -11,
    "probes/test_evidence.py": -11, "journal/test_reading.py": -12, "picture/test_fold.py": -12,
    "probes/icmp/test_errors.py": -12, "probes/snmp/test_device.py": -12, "probes/vendors/test_ups.py": -12,
    "probes/vendors/test_values.py": -12, "lab/test_agent.py": -13,
    "probes/vendors/test_health_of_switches.py": -13, "topology/test_diagnosis_drawn.py": -13,
    "topology/test_draw.py": -13, "probes/vendors/test_radios.py": -14, "topology/test_geo.py": -14,
    "probes/vendors/test_zte_olt.py": -18, "probes/snmp/test_walk.py": -24, "topology/test_planning.py": -24,
    "probes/vendors/test_neighbours.py": -28, "probes/snmp/test_ber.py": -31,
    "probes/vendors/test_other_olts.py": -31,
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
        gc.set_threshold(4_000_000, 20, 20)  # what tests leave in cycles is little, and all objects are many
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Look for garbage a last time: who looks again, up to the end of Python, need not look through what stays."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes longest begin first, so that no other process waits for it in the end."""
    items.sort(key=_seconds, reverse=True)


def _seconds(item: pytest.Item) -> float:
    """Return how long a test takes, or its module, as its mark `long` says; else 0."""
    mark = item.get_closest_marker("long")
    return 0.0 if mark is None else float(mark.args[0])


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
