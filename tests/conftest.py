"""How long Hypothesis may look, which tests run side by side or in which process, and where their figures are shown.

In the default run Hypothesis looks briefly, and at the same examples each time: what fails then is the change, never
the luck of the draw. With HYPOTHESIS_PROFILE=thorough it looks long, and at new ones.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import time
from collections import defaultdict
from collections.abc import Generator
from functools import cache
from pathlib import Path
from random import Random
from statistics import median

import pytest
from hypothesis import settings

settings.register_profile("quick", max_examples=25, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
# What is not said to be public: without it tests are a little slower.
with contextlib.suppress(ImportError, AttributeError):
    from hypothesis import core
    from hypothesis.internal import entropy, reflection
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants

    if settings().derandomize:
        # Now and then Hypothesis takes a number or a text from the modules that happen to be loaded. The examples
        # of a test would then be others whenever another ran before it, or a constant changed somewhere.
        vars(providers)["_get_local_constants"] = Constants
        # Nor is its own generator asked for anything then, so that none need keep its state for each example.
        core.threadlocal._hypothesis_global_random = Random()
    # For each example Hypothesis keeps the state of numpy's one generator for all, which takes longer than many a
    # test does. Nobody uses that one: ruff refuses it (NPY002).
    vars(entropy)["NP_RANDOM"] = Random()
    # It reads the source of each test twice, for the seed and for a name in a database, which there is none of here.
    digest = cache(lambda test, _added: reflection.function_digest(test))
    vars(core)["function_digest"] = lambda test: digest(test, getattr(test, "_hypothesis_internal_add_digest", None))
    with entropy.deterministic_PRNG():
        pass  # the first time, Hypothesis looks through all objects: now there are few

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell lets what it starts in the background ignore Ctrl-C, and every command that tests type would do so too.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let several processes share the unit tests; under `-n` each of them would collect all."""
    parser.addoption("--part", metavar="N/M", type=_part, help="collect the Nth of M parts of the unit tests only")
    parser.addoption("--weigh", action="store_true", help="write down how long each module of the unit tests takes")


def _part(text: str) -> tuple[int, int]:
    number, _, count = text.partition("/")
    if not 1 <= int(number) <= int(count):
        raise ValueError(text)
    return int(number), int(count)


TAKEN = Path(__file__).parent / "unit" / "taken.json"
"""Milliseconds of CPU that each module of the unit tests took when `make weigh` was run last.

Where it is out of date the parts are less equal, and nothing else.
"""


class _Scales:
    """Writes down how long modules take."""

    def __init__(self) -> None:
        self._taken: defaultdict[str, float] = defaultdict(float)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        with self._weighing(item):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, object, object]:
        if not isinstance(collector, pytest.Module):
            return (yield)
        with self._weighing(collector):
            return (yield)

    @contextlib.contextmanager
    def _weighing(self, node: pytest.Item | pytest.Module) -> Generator[None]:
        begun = time.process_time()
        try:
            yield
        finally:
            self._taken[node.path.relative_to(TAKEN.parent).as_posix()] += time.process_time() - begun

    def pytest_sessionfinish(self) -> None:
        before = json.loads(TAKEN.read_text(encoding="utf-8"))
        taken = {name: took for name, took in before.items() if (TAKEN.parent / name).exists()}
        taken |= {name: round(1_000 * seconds) for name, seconds in self._taken.items()}
        TAKEN.write_text(json.dumps(taken, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Weigh where that is asked for."""
    if config.getoption("weigh"):
        config.pluginmanager.register(_Scales())


@cache
def _parts(count: int) -> dict[Path, int]:
    """Return the part of each module of the unit tests: neighbours are together, as they import and make the same."""
    top = TAKEN.parent
    names = {path: path.relative_to(top).as_posix() for path in top.rglob("test_*.py")}
    taken = json.loads(TAKEN.read_text(encoding="utf-8"))
    sizes = {path: taken.get(name, median(taken.values())) for path, name in names.items()}
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
