"""Every command that the documents show is typed here as it stands, each document in a scratch folder of its own.

What a document shows below a command, in a block called `text`, must be what the last command of the block printed;
in it `…` stands for anything, and times, incident numbers and ports may differ. Blocks called csv, yaml or json that
follow the name of a file are written to that file. The tables below say what is done differently here, and why.
"""

from __future__ import annotations

import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netmon.errors import PrivilegeError
from netmon.inventory.load import load_inventory
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.probes.sockets import open_icmp
from tests.e2e.terminal import PATIENCE, Daemon, Running, Terminal
from tests.markdown import TOP, Block, blocks, documents, name_of
from tests.requires import require, require_program
from tests.scenarios import BEGIN, Player
from tests.small_counties import RING

pytestmark = [pytest.mark.e2e, pytest.mark.lab, pytest.mark.apart]

INSTALLS = "it changes the machine; tests/e2e/test_service.py tries what is installed"

NOT_RUN = {
    "make setup": "these tests run in what it made",
    ". .venv/bin/activate": "commands are looked for beside the Python that runs these tests",
    "make demo": "it runs until Ctrl-C; tests/e2e/test_demo.py plays the demo",
    "make test": "it is what runs these tests",
    "make unit": "it is a part of `make test`",
    "make live": "it is the other part, and these tests are of it",
    "make weigh": "it measures this machine, and writes that into the source",
    "make lint": "it judges the source, not what netmon does",
    "make fmt": "it changes the source",
    "make docs": "tests/unit/test_docs.py holds what it writes against what is there",
    "echo 'net.ipv4.ping_group_range = 990 990' | sudo tee /etc/sysctl.d/60-ping.conf": "it changes the machine",
    "echo 'net.core.rmem_max = 33554432' | sudo tee /etc/sysctl.d/60-netmon.conf": "it changes the machine",
    "sudo sysctl --system": "it changes the machine",
    "python3 -m venv /opt/netmon && /opt/netmon/bin/pip install .": INSTALLS,
    "install -m 644 deploy/sysusers.d/netmon.conf /usr/lib/sysusers.d/ && systemd-sysusers": INSTALLS,
    "install -m 644 deploy/sysctl.d/60-netmon.conf /etc/sysctl.d/ && sysctl --system": INSTALLS,
    "install -m 644 deploy/systemd/netmon.service /etc/systemd/system/": INSTALLS,
    "install -d /etc/netmon && cp -r inventory/tuban /etc/netmon/inventory": INSTALLS,
    "systemctl daemon-reload && systemctl enable --now netmon": INSTALLS,
    "make man": "tests/e2e/test_man.py reads what it writes",
    "install -m 644 build/man/man1/*.1 /usr/local/share/man/man1/": INSTALLS,
    "netmon completion bash > /etc/bash_completion.d/netmon": INSTALLS,
    "docker compose -f deploy/compose/compose.yaml up -d": (
        "it fetches images; tests/e2e/test_containers.py tries what they are given"
    ),
    "netmon run -i inventory/tuban --web.listen-address :9840 --web.config.file web.yaml": (
        "it listens to the whole network; tests/e2e/test_web_config.py serves by such a file"
    ),
    "netmon report speed state/journal.sqlite --month 2026-10 --prometheus http://127.0.0.1:9090": (
        "tests/lab/test_report_speed.py asks a real Prometheus so"
    ),
    'curl -fsS -X POST -H "Authorization: Bearer $TOKEN" '
    "https://netmon.tuban.test:9840/api/v1/heartbeats/kios-socorejo": (
        "tests/e2e/test_presence.py sends such heartbeats to a daemon of its own"
    ),
    "netmon topology blackspots -i inventory/tuban --live --prometheus http://127.0.0.1:9090 --days 30": (
        "tests/lab/test_report_speed.py asks a real Prometheus so"
    ),
    "netmon run -i inventory --journal nats://127.0.0.1:4222": (
        "tests/e2e/test_shared_journal.py types it against a server of its own"
    ),
    "netmon run -i inventory --journal tls://nats.tuban.test:4222 --journal.user netmon"
    " --journal.secret file:/etc/netmon/nats": "as above",
    "netmon journal fetch nats://127.0.0.1:4222 copy.sqlite": "as above",
    "netmon prober --journal nats://127.0.0.1:4222 --vantage noc": "tests/e2e/test_probers.py types it so",
    "netmon country --region tuban=http://127.0.0.1:9840": "tests/e2e/test_country.py types it so",
    "netmon run -i inventory --journal nats://127.0.0.1:4222 --no-probe": "tests/e2e/test_folders.py types it so",
    "netmon status --leads": "as above",
    "netmon topology spof --regions country --least 5": "tests/e2e/test_country.py types it so",
    "netmon report availability --regions journals --month 2026-10 --format csv -o october.csv": (
        "tests/e2e/test_reports.py types it so"
    ),
    "netmon bench snmp": "tests/lab/test_snmp_bench.py types it so, but shorter",
    "netmon bench services": "tests/lab/test_services_bench.py types it so, but shorter",
    "netmon bench country --villages 4000 --regions 24": "tests/lab/test_bench_country.py types it so, but smaller",
    "netmon probe snmp rtr-socorejo -i inventory --auth core": "tests/e2e/test_probe_snmp.py asks a real agent so",
    "netmon probe snmp 198.18.12.2 --user netmon --auth-protocol sha256 --priv-protocol aes128": "as above",
}
"""Commands that are not typed, and why."""

INSTEAD = {
    "netmon run --lab ": "netmon run --lab --web.listen-address 127.0.0.1:0 ",  # 9840 may be taken
    "netmon run -i ": "netmon run --lab --web.listen-address 127.0.0.1:0 -i ",  # tests send nothing to other networks
    "netmon lab agent router.snmprec --listen 127.0.0.1:1161": "netmon lab agent router.snmprec --listen 127.0.0.1:0",
    "127.0.0.1:1161 ": "{agent} ",
    "PID": "{pid}",
    "2026-11-22T11:20:00+07:00": "{now}",
    "--month 2026-10": "--month {month}",
    "netmon bench county": "netmon bench county -i ring.yaml --seconds 2",  # the county and a minute are for figures
}
"""Parts of commands that are replaced; words in braces are known only here."""

RUN_ON = {
    "netmon lab up ": r"Ctrl-C here ends it",
    "netmon run ": r"netmon serves http://\S+",
    "netmon lab agent ": r"listening on \S+",
}
"""Commands that run until Ctrl-C, and what they say when they are ready. One that is typed again is ended first."""

MAY_FIND = ("netmon status", "netmon topology", "netmon plan", "netmon diagnose", "netmon probe snmp")
"""Commands that end with exit code 1 when they have found something."""

ASKED_AGAIN = ("netmon status", "netmon why", "netmon lab status")
"""Commands that are typed again until they print what the document shows: people are slower than tests."""

WIB = timedelta(hours=7)
ROUTER = "1.3.6.1.2.1.1.1.0|4|RouterOS CCR2004\n1.3.6.1.2.1.1.3.0|67|123456\n1.3.6.1.2.1.1.5.0|4|rtr-contoh\n"


class Reader:
    """Somebody who types what a document says, with as many terminals as it takes."""

    def __init__(self, folder: Path) -> None:
        self.terminal = Terminal(folder)
        self.environment = self.terminal.environment
        self.environment["PATH"] = f"{Path(sys.executable).parent}:{self.environment['PATH']}:/usr/sbin:/sbin"
        self.values = {"agent": "", "pid": ""}
        self.running: dict[str, Running] = {}
        (folder / "dashboards").symlink_to(TOP / "dashboards")
        (folder / "inventory").symlink_to(TOP / "inventory")
        (folder / "deploy").symlink_to(TOP / "deploy")

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        path = self.terminal.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def type(self, typed: str, shown: str | None = None) -> None:
        """Type one command; it must succeed and print what is shown, if anything is."""
        command = typed
        for part, other in INSTEAD.items():
            command = command.replace(part, other)
        now = datetime.now(UTC)
        for name, value in (*self.values.items(), ("now", now.isoformat()), ("month", f"{now + WIB:%Y-%m}")):
            command = command.replace(f"{{{name}}}", value)
        require_what_it_takes(command)
        kind = next((each for each in RUN_ON if typed.startswith(each)), None)
        if kind is not None:
            self.start(kind, command, shown)
            return
        deadline = time.monotonic() + (PATIENCE if typed.startswith(ASKED_AGAIN) else 0.0)
        while True:
            status, printed = self.run(command)
            if shown is None or fits(shown, printed) or time.monotonic() >= deadline:
                break
            time.sleep(0.5)  # a command takes from what it waits for
        assert status == 0 or (status == 1 and typed.startswith(MAY_FIND)), f"{command}: {status}: {printed}"
        assert shown is None or fits(shown, printed), f"{command} is said to print\n{shown}\nbut printed\n{printed}"

    def run(self, command: str) -> tuple[int, str]:
        """Run a command to its end; return its status and everything that it printed, in order."""
        if command.startswith("netmon ") and is_plain(command):
            typed = self.terminal.type(*shlex.split(command)[1:], together=True)
            return typed.returncode, typed.stdout
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            check=False,
            cwd=self.terminal.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        return done.returncode, done.stdout

    def start(self, kind: str, command: str, shown: str | None) -> None:
        """Run a command in a terminal of its own until it is ready."""
        self.interrupt(kind)
        assert is_plain(command)
        running = Daemon(self.terminal.process(shlex.split(command)[1:]))
        self.running[kind] = running
        said = running.until(RUN_ON[kind])[0]
        assert shown is None or fits(f"…\n{shown}…\n", running.said), f"{command} is said to print\n{shown}"
        if kind == "netmon run ":
            self.environment["NETMON_URL"] = running.url
            self.values["pid"] = str(running.process.pid)
            running.await_ready()
        if kind == "netmon lab agent ":
            self.values["agent"] = said.split()[-1]

    def interrupt(self, kind: str) -> None:
        """Type Ctrl-C where a command of this kind runs, if one does."""
        running = self.running.get(kind)
        if running is not None and running.process.poll() is None:
            assert running.end(signal.SIGINT) == 0, running.said
        self.running.pop(kind, None)  # only now: one that does not end is ended with the document

    def leave(self) -> None:
        """Type Ctrl-C in every terminal, newest first; nothing of a lab remains."""
        for kind in reversed(list(self.running)):
            self.interrupt(kind)
        assert not (self.terminal.folder / "run" / "netmon" / "lab.sock").exists()


@contextmanager
def reading(folder: Path) -> Iterator[Reader]:
    reader = Reader(folder)
    started = reader.running
    try:
        yield reader
        reader.leave()
    finally:
        for running in started.values():
            running.close()


def readme(reader: Reader) -> None:
    reader.write("ring.yaml", RING)
    one_district(reader)


def recorded(reader: Reader) -> None:
    reader.write("router.snmprec", ROUTER)


def one_district(reader: Reader) -> None:
    """Leave of the county its core and one district, where a document tells of no more: each command is cheaper."""
    (reader.terminal.folder / "inventory").unlink()
    for name, elsewhere in (
        ("network", None),
        ("core", r"rtr-(?!jenu\b)"),
        ("contracts", None),
        ("district-12-jenu", None),
        ("services", r"35\.23\.(?!12\b)"),
    ):
        lines = (TOP / "inventory" / "tuban" / f"{name}.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
        kept = "".join(line for line in lines if elsewhere is None or not re.search(elsewhere, line))
        reader.write(f"inventory/tuban/{name}.yaml", kept)


def yesterday(reader: Reader) -> None:
    """Write a journal of two days in which Jenu lost one of its two lines."""
    player = Player(load_inventory(TOP / "inventory" / "tuban", with_secrets=False).inventory, BEGIN)
    player.run_to(BEGIN + 1.5 * 86_400.0)
    player.do_cover()
    player.do_port("core-1:sfp5", "down")
    player.run_to(BEGIN + 2 * 86_400.0)
    player.do_cover()
    path = reader.terminal.folder / "state" / "journal.sqlite"
    path.parent.mkdir()
    with closing(SqliteJournal(path)) as store:
        store.append(player.entries)


BEFORE: dict[str, Callable[[Reader], None]] = {
    "README.md": readme,
    "docs/howto/robustness.md": yesterday,
    "docs/howto/drift.md": one_district,
    "docs/howto/lab.md": recorded,
    "docs/howto/monthly-report.md": one_district,
    "docs/howto/services.md": one_district,
    "docs/howto/why.md": one_district,
    "docs/howto/work-causes-and-reports.md": one_district,
}
"""What has to be there before a document can be followed."""


def commands(document: Path) -> Iterator[tuple[Block, str]]:
    for block in blocks(document):
        if block.language == "sh":
            for command in block.commands():
                yield block, command


FOLLOWED = [path for path in documents() if any(command not in NOT_RUN for _, command in commands(path))]


@pytest.mark.long(30)
@pytest.mark.parametrize("document", FOLLOWED, ids=name_of)
def test_a_document_can_be_followed(document: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with reading(tmp_path_factory.mktemp("docs")) as reader:
        if name_of(document) in BEFORE:
            BEFORE[name_of(document)](reader)
        every = blocks(document)
        for block, following in zip(every, [*every[1:], None], strict=True):
            file = re.search(r"`([\w./-]+\.(?:csv|yaml|json))`", block.caption)
            if block.language in ("csv", "yaml", "json") and file:
                reader.write(file[1], block.text)
            if block.language == "sh":
                shown = following.text if following is not None and following.language == "text" else None
                typed = [command for command in block.commands() if command not in NOT_RUN]
                for command in typed:
                    reader.type(command, shown if command == block.commands()[-1] else None)


def test_what_is_not_run_is_in_a_document_and_what_is_named_instead_exists() -> None:
    shown = {command for document in documents() for _, command in commands(document)}
    assert set(NOT_RUN) <= shown
    for part in (*INSTEAD, *RUN_ON):
        assert any(part in command for command in shown), f"no document has {part!r}"
    for reason in NOT_RUN.values():
        assert all((TOP / test).exists() for test in re.findall(r"tests/\S+\.py", reason))


def require_what_it_takes(command: str) -> None:
    """Skip where a program, or the privilege to ping, is missing."""
    program = command.split(maxsplit=1)[0]
    if program not in ("export", "kill", "netmon"):
        require_program(program)
    if command.startswith("netmon probe icmp"):
        try:
            open_icmp(socket.AF_INET).close()
        except PrivilegeError as error:
            require(False, error.message)  # noqa: FBT003 (it is the condition that failed)


def is_plain(command: str) -> bool:
    """Tell whether a command is words alone, with nothing in it that a shell would do."""
    return re.search(r"[|&;<>$`*?~#\\\n]|=\(", command) is None


def fits(shown: str, printed: str) -> bool:
    """Tell whether a text is what a document shows."""
    return re.fullmatch("".join(map(pattern, shown.splitlines())), printed) is not None


def pattern(line: str) -> str:
    """Return what lines a line of a document stands for, as a regular expression."""
    if line.strip() == "…":
        return r"(?:.*\n)*"
    varying = (
        (r"\d{4}-\d\d-\d\dT[\d:.]+Z", r"\d{4}-\d\d-\d\dT[\d:.]+Z"),
        (r"\bF\d+\b", r"F\d+(?:-\d+)?"),
        (r"\d\d:\d\d:\d\d", r"\d\d:\d\d:\d\d"),
        (r"\d+\.\d+ s\b", r"\d+\.\d+ s"),
        (r"127\.0\.0\.1:\d+", r"127\.0\.0\.1:\d+"),
        (r" {2,}", r" +"),
        (r"…", r".*"),
    )
    parts = re.compile("|".join(f"({seen})" for seen, _ in varying))
    made, end = "", 0
    for found in parts.finditer(line):
        made += re.escape(line[end : found.start()]) + varying[(found.lastindex or 1) - 1][1]
        end = found.end()
    return made + re.escape(line[end:]) + r"[ ]*\n"


@pytest.mark.parametrize(
    ("shown", "printed", "fit"),
    [
        ("F26  a; since 11:15:43.\n", "F7  a; since 09:00:00.\n", True),
        ("6 dark\n", "5 dark\n", False),
        ("a\n…\nz\n", "a\nb\nc\nz\n", True),
        ("a\n…\n", "b\na\n", False),
        ("id   name\n", "id         name\n", True),
        ("up in 0.49 s: …\n", "up in 1.20 s: as root\n", True),
        ("(or x)\n", "or x\n", False),
    ],
)
def test_what_a_document_shows_is_compared(shown: str, printed: str, *, fit: bool) -> None:
    assert fits(shown, printed) is fit
