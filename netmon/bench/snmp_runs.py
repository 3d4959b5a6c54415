"""The runs of `netmon bench snmp`, in a network namespace of their own: `python -m netmon.bench.snmp_runs PLAN`.

One snmpd is all devices. Every engine is a process of its own that measures its CPU from the end of its set-up; it
and snmpd have a processor each, where there are two. Rounds are interleaved, so that a busy moment of the machine
falls on all alike; the row of an engine is its cheapest round.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from netmon.bench.snmp_engine import COLUMNS, COMMUNITY, FIRST, PASSWORD, PORT, REPETITIONS, USER, address
from netmon.errors import AwayError, PrivilegeError
from netmon.lab.kernel import netlink
from netmon.lab.kernel.namespaces import leave_machine, open_namespace
from netmon.lab.kernel.reasons import Refusal, explain, machine_facts

Row = dict[str, Any]

INTERFACES: Final = 23
PATIENCE: Final = 30.0  # seconds a program may take to start
PEER_SHARE: Final = 20  # a peer that costs fifty times as much gets a twentieth of the polls
EXPORTER: Final = ("127.0.0.1", 9116)


def run_all(plan: Mapping[str, Any], exporter: str | None) -> dict[str, Any]:
    """Do every run of the plan; return rows, ratios, and remarks on what had to be left out."""
    polls, at_once, sizes = plan["polls"], plan["in_flight"], plan["devices"]
    few, many = sizes[0], min(at_once, sizes[-1])
    less = max(polls // PEER_SHARE, many)
    runs: dict[tuple[str, str, int, int], Callable[[], Row]] = {}

    def add(engine: str, what: str, devices: int, polls: int, at_once: int) -> None:
        runs[engine, what, devices, min(at_once, devices)] = lambda: _engine(engine, what, devices, polls, at_once)

    for engine in ("netmon", "netmon v3", "gufo-snmp", "pysnmp", "pysnmp without names"):
        add(engine, "get", many, less if engine.startswith("pysnmp") else polls, at_once)
    for engine in ("netmon", "netmon v3", "gufo-snmp"):
        add(engine, "columns", many, max(polls // 5, many), at_once)
    if exporter is not None:
        runs["snmp_exporter", "columns", many, 1] = lambda: _exporter(exporter, many, less)
    for size in sizes:
        add("netmon", "get", size, max(polls, size), few)
    add("netmon", "get", sizes[-1], max(polls, sizes[-1]), at_once)
    measured: dict[tuple[str, str, int, int], list[Row]] = {key: [] for key in runs}
    for _ in range(plan["rounds"]):
        for key, run in runs.items():
            measured[key].append(run())
    rows = [_cheapest(key, found) for key, found in measured.items()]
    return {"rows": rows, "ratios": _ratios(rows)}


def _cheapest(key: tuple[str, str, int, int], measured: Sequence[Row]) -> Row:
    engine, what, devices, at_once = key
    best = dict(min(measured, key=lambda row: row["cpu_seconds"] / row["polls"]))
    cost = best.pop("cpu_seconds") / best["polls"]
    return {
        "engine": engine,
        "poll": "GET of 8" if what == "get" else f"{len(COLUMNS)} columns of {INTERFACES}",
        "devices": devices,
        "in_flight": at_once,
        "cpu_ms_per_poll": round(cost * 1e3, 4),
        "polls_per_cpu_second": round(1 / cost),
        **best,
        "false_timeouts": max(row["false_timeouts"] for row in measured),  # in any round
    }


def _ratios(rows: Sequence[Row]) -> dict[str, float]:
    """Return the cost of peers in netmon's, poll by poll, and how its cost grows with the number of devices."""
    ratios: dict[str, float] = {}
    alike = {(row["engine"], row["poll"]): row for row in reversed(rows)}  # the first of each: as its peers were run
    for (engine, poll), row in reversed(alike.items()):
        if engine != "netmon":
            ratios[f"{poll}: {engine} / netmon"] = _times(row, alike["netmon", poll])
    ours = [row for row in rows if row["engine"] == "netmon" and row["poll"] == "GET of 8"]
    few = min(row["in_flight"] for row in ours)
    sizes = sorted((row for row in ours if row["in_flight"] == few), key=lambda row: int(row["devices"]))
    for row in sizes[1:]:
        ratios[f"netmon: {row['devices']} / {sizes[0]['devices']} devices"] = _times(row, sizes[0])
    return ratios


def _times(row: Row, base: Row) -> float:
    return round(float(row["cpu_ms_per_poll"]) / float(base["cpu_ms_per_poll"]), 2)


def _engine(engine: str, what: str, devices: int, polls: int, at_once: int) -> Row:
    command = [sys.executable, "-m", "netmon.bench.snmp_engine", engine, what, str(devices), str(polls), str(at_once)]
    with _on_processor(0):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True)
    return {**json.loads(done.stdout), "polls": polls}


def _exporter(program: str, devices: int, polls: int) -> Row:
    """Let snmp_exporter read the columns, one scrape after another; the scraper's own CPU is not counted."""
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as config:
        config.write(_exporter_config(program))
        config.flush()
        listen = f"{EXPORTER[0]}:{EXPORTER[1]}"
        command = [program, f"--config.file={config.name}", f"--web.listen-address={listen}", "--log.level=error"]
        with _on_processor(0):
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr)
        with process:
            try:
                _await(lambda: _scrape(0) > 0, "snmp_exporter")
                before = _cpu_of(process.pid)
                lost = sum(_scrape(turn % devices) < INTERFACES for turn in range(polls))
                return {
                    "cpu_seconds": _cpu_of(process.pid) - before,
                    "false_timeouts": lost,
                    "open_files": len(list(Path(f"/proc/{process.pid}/fd").iterdir())),
                    "resident_bytes": _most_resident(process.pid),
                    "polls": polls,
                }
            finally:
                process.kill()


@contextmanager
def _on_processor(place: int) -> Iterator[None]:
    """Let what is started in the block run on one processor, the first or the last of those allowed."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(allowed)[place]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def _exporter_config(program: str) -> str:
    """Return its configuration; from 0.23 on credentials stand apart from modules."""
    names = [f"column{number}" for number in range(len(COLUMNS))]
    index = [{"labelname": "ifIndex", "type": "gauge"}]
    metrics: list[Row] = [
        {"name": name, "oid": column, "type": "gauge", "help": name, "indexes": index}
        for name, column in zip(names, COLUMNS, strict=True)
    ]
    metrics[0]["type"] = "DisplayString"
    module: Row = {"walk": list(COLUMNS), "max_repetitions": REPETITIONS, "metrics": metrics}
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    version = (said.stdout + said.stderr).partition("version ")[2].split(".")
    if version[0] == "0" and version[1].isdigit() and int(version[1]) < 23:
        return json.dumps({"bench": {**module, "version": 2, "auth": {"community": COMMUNITY}}})
    auths = {"public_v2": {"community": COMMUNITY, "version": 2}}
    return json.dumps({"auths": auths, "modules": {"bench": module}})


def _scrape(device: int) -> int:
    """Return how many interfaces snmp_exporter reports of a device; 0 when it does not answer."""
    connection = http.client.HTTPConnection(*EXPORTER, timeout=PATIENCE)
    try:
        connection.request("GET", f"/snmp?module=bench&target={address(device)}:{PORT}")
        return connection.getresponse().read().count(b"\ncolumn3{")
    except OSError:
        return 0
    finally:
        connection.close()


@contextmanager
def snmpd(program: str, folder: Path) -> Iterator[None]:
    """Run the agent that is all devices."""
    config = folder / "snmpd.conf"
    config.write_text(
        f"agentaddress udp:0.0.0.0:{PORT}\nrocommunity {COMMUNITY}\nrouser {USER} priv\n"
        f"createUser {USER} SHA-256 {PASSWORD} AES {PASSWORD}\n"
        "sysLocation bench\nsysContact bench\ndontLogTCPWrappersConnects yes\n"
        "maxGetbulkResponses 1000\nmaxGetbulkRepeats 200\n[snmp] serverRecvBuf 8000000\n"
    )
    environment = {**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(folder / "state")}
    command = [program, "-f", "-Lf", str(folder / "log"), "-C", "-c", str(config), "-p", str(folder / "pid")]
    with _on_processor(-1):
        agent = subprocess.Popen([*command, "-I", "-snmpNotifyFilterTable"], stdout=sys.stderr, env=environment)
    with agent:
        try:
            _await(_answers, "snmpd")
            yield
        finally:
            agent.terminate()


def _answers() -> bool:
    from netmon.probes.snmp.ber import oid  # noqa: PLC0415
    from netmon.probes.snmp.pdu import V2C, Kind, Request, encode_request  # noqa: PLC0415

    request = Request(Kind.GET, (oid("1.3.6.1.2.1.1.3.0"),))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.2)
        asking.sendto(encode_request(V2C, COMMUNITY.encode(), 1 << 30, request), (FIRST, PORT))
        try:
            return bool(asking.recv(65535))
        except OSError:
            return False


def _await(ready: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > give_up:
            raise AwayError(f"{what} does not answer", "run it by hand to see why")
        time.sleep(0.05)


def _cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _most_resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


def _make_interfaces() -> None:
    """Give this namespace as many interfaces as a router has: pairs of veth, and perhaps one end elsewhere."""
    control, here = netlink.Netlink(), open_namespace()
    try:
        have = len(socket.if_nameindex())
        for pair in range((INTERFACES - have) // 2):
            ends = [
                (1000 + 2 * pair + end, f"sfp{2 * pair + end + 1}", bytes((2, 0, 0, 0, pair, end))) for end in (0, 1)
            ]
            control.send([netlink.create_veth(ends[0], ends[1], here)])
            control.send([netlink.set_link(index, up=True) for index, _, _ in ends])
    finally:
        control.close()
        os.close(here)
    if len(socket.if_nameindex()) != INTERFACES:
        raise AwayError(f"this kernel's namespaces begin with {have} interfaces", "an odd number is needed")


def main() -> None:
    """Leave the machine's network, do the runs and print them."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    program, exporter = shutil.which("snmpd", path=path), shutil.which("prometheus-snmp-exporter", path=path)
    exporter = exporter or shutil.which("snmp_exporter", path=path)
    if program is None:
        click.echo("snmpd is not installed: it is the device that is polled", err=True)
        sys.exit(AwayError.exit_code)
    remarks = [] if exporter else ["snmp_exporter is not installed: no row of it"]
    try:
        leave_machine()
    except Refusal as refusal:
        click.echo(explain(refusal, machine_facts()), err=True)
        sys.exit(PrivilegeError.exit_code)
    _make_interfaces()
    with tempfile.TemporaryDirectory() as folder, snmpd(program, Path(folder)):
        found = run_all(json.loads(sys.argv[1]), exporter)
    click.echo(json.dumps({**found, "remarks": remarks}))


if __name__ == "__main__":
    main()
