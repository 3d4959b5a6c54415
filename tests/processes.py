"""Tests in several processes beside each other, forked once all is collected.

Processes that collect for themselves, as those of xdist do, each load what any of the modules needs, and start what
commands are forked from: that took as long as many modules do. The tests of a module run in one process, one after
another, where they share fixtures, unless the module is marked `apart`. What takes longest begins first, so that no
process works alone in the end.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import traceback
import warnings
from collections import deque
from collections.abc import Iterable, Sequence
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any, NoReturn

import pytest

PATIENCE = 60.0
"""Seconds that a process may take to end what its tests have begun, when it is told to stop."""


def seconds(item: pytest.Item) -> float:
    """Return how long a test takes, or its module, as its mark `long` says; else 0."""
    mark = item.get_closest_marker("long")
    return 0.0 if mark is None else float(mark.args[0])


def run_in_processes(session: pytest.Session, count: int) -> None:
    """Run all that was collected; what the processes tell is reported as if it had happened here."""
    waiting = deque(_groups(session.items))
    session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # one for all, and below it their own
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    reporter.showfspath = False  # they take turns with their modules
    sys.stdout.flush()
    workers: dict[Connection, _Worker] = {}
    try:
        for number in range(min(count, len(waiting))):
            worker = _Worker(session, number, tuple(workers))
            workers[worker.line] = worker
        while workers:
            for line in map(_as_connection, wait([*workers])):
                if not workers[line].is_heard(waiting):
                    _tell_of_lost(session, workers[line].undone, workers.pop(line).end())
        _tell_of_lost(session, [place for group in waiting for place in group], 0)
    except BaseException as error:
        for worker in workers.values():
            worker.stop(told=isinstance(error, KeyboardInterrupt))  # of Ctrl-C the terminal has told all of them
        raise


def _as_connection(ready: object) -> Connection:
    assert isinstance(ready, Connection)
    return ready


def _module(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _groups(items: Sequence[pytest.Item]) -> Iterable[list[int]]:
    """Return the places of the tests that stay together, in the order in which groups begin."""
    groups: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        is_apart = item.get_closest_marker("apart") is not None
        groups.setdefault(item.nodeid if is_apart else _module(item), []).append(place)
    return groups.values()


def _tell_of_lost(session: pytest.Session, places: Sequence[int], status: int) -> None:
    """Report tests as failed that no process ended; also count it when one failed after the last of its tests."""
    for place in places:
        item = session.items[place]
        why = f"its process ended with {status}" if status else "no process was left to run it"
        lost = pytest.TestReport(item.nodeid, item.location, {}, "failed", why, "call")
        session.config.hook.pytest_runtest_logreport(report=lost)
    if status and not places:
        session.testsfailed += 1


class _Worker:
    """One of the processes, as it is seen by who shares the tests out; `undone` are the places of what it has yet."""

    def __init__(self, session: pytest.Session, number: int, others: Sequence[Connection]) -> None:
        self._session = session
        self.undone: list[int] = []
        self.line, theirs = Pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # numpy's threads do nothing yet
            self.pid = os.fork()
        if self.pid == 0:
            for line in (*others, self.line):
                line.close()
            _work(session, number, theirs)
        theirs.close()

    def is_heard(self, waiting: deque[list[int]]) -> bool:
        """Take in one word of it, and give it more to do when it asks; return False when it has no more to say."""
        hook = self._session.config.hook
        try:
            word, told = self.line.recv()
        except (EOFError, OSError):
            return False
        match word:
            case "more":
                self.undone = waiting.popleft() if waiting else []
                with contextlib.suppress(OSError):  # its end is heard next
                    self.line.send(self.undone)
            case "start":
                hook.pytest_runtest_logstart(nodeid=told[0], location=told[1])
            case "report":
                report = hook.pytest_report_from_serializable(config=self._session.config, data=told)
                hook.pytest_runtest_logreport(report=report)
            case "finish":
                self.undone = self.undone[1:]
                hook.pytest_runtest_logfinish(nodeid=told[0], location=told[1])
        if self._session.shouldfail:
            raise self._session.Failed(self._session.shouldfail)
        if self._session.shouldstop:
            raise self._session.Interrupted(self._session.shouldstop)
        return True

    def end(self) -> int:
        """Return its exit status, once it has ended."""
        self.line.close()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def stop(self, *, told: bool) -> None:
        """Let it end before its tests have."""
        if not told:
            os.kill(self.pid, signal.SIGINT)
        deadline = time.monotonic() + PATIENCE
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.05)


# -- the processes ---------------------------------------------------------------------------------------------------


class _Teller:
    """Stands where the reporter on the terminal stood, and tells what that would have shown."""

    def __init__(self, config: pytest.Config, line: Connection) -> None:
        self._config = config
        self._line = line
        self._tw = config.get_terminal_writer()  # where pytest-timeout shows stacks

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        self._line.send(("start", (nodeid, location)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._line.send(("report", told))

    def pytest_runtest_logfinish(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        self._line.send(("finish", (nodeid, location)))


def _work(session: pytest.Session, number: int, line: Connection) -> NoReturn:
    """Run what this process is given until there is no more, and end."""
    status = 1
    try:
        _begin_anew(session.config, number, line)
        try:
            while places := _ask(line):
                _run(session, [session.items[place] for place in places])
        finally:
            session._setupstate.teardown_exact(None)
        status = 0
    except (KeyboardInterrupt, OSError):  # who shares the tests out wants no more of them, or is gone
        pass
    except BaseException:  # noqa: BLE001 (whatever it is, this process must not go on as the one it was forked from)
        traceback.print_exc()
    finally:
        os._exit(status)


def _begin_anew(config: Any, number: int, line: Connection) -> None:
    """Part from the other processes: what is captured, where files go, and who reports."""
    capture = config.pluginmanager.get_plugin("capturemanager")
    capture.stop_global_capturing()
    capture.start_global_capturing()
    capture.suspend_global_capture()
    factory = config._tmp_path_factory
    factory._basetemp = factory.getbasetemp() / f"p{number}"
    factory._basetemp.mkdir(mode=0o700)
    teller = _Teller(config, line)
    config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(teller, "terminalreporter")


def _ask(line: Connection) -> list[int]:
    line.send(("more", None))
    places: list[int] = line.recv()
    return places


def _run(session: pytest.Session, items: Sequence[pytest.Item]) -> None:
    """Run tests of one module. After the last, its fixtures end, and those of the whole session stay."""
    above = set(items[-1].listchain())
    farthest = min(session.items, key=lambda item: len(above.intersection(item.listchain())))
    is_elsewhere = _module(farthest) != _module(items[-1])
    for item, following in zip(items, [*items[1:], farthest if is_elsewhere else None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
