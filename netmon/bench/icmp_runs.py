"""The runs of `netmon bench icmp`, in a network namespace of their own: `python -m netmon.bench.icmp_runs PLAN`.

Every engine is a process of its own that measures its CPU from the end of its set-up; of fping, which cannot, the
whole process counts. Rounds are interleaved, so that a busy moment of the machine falls on all alike; the row of an
engine is its cheapest round, the one that was disturbed least.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import click

from netmon.errors import PrivilegeError
from netmon.lab.kernel.namespaces import leave_machine, write_setting
from netmon.lab.kernel.reasons import Refusal, explain, machine_facts

NEAR, FAR = "127.1.0.1", "10.129.0.1"
_BATCH = 64
Row = dict[str, Any]


def run_all(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Do every run of the plan; return rows, ratios, and remarks on what had to be left out."""
    remarks: list[str] = []
    write_setting("ipv4/ping_group_range", "0 0" if plan["kind"] == "dgram" else "1 0")
    with tempfile.TemporaryDirectory() as folder:
        programs = _compile(Path(folder), remarks)
        rows, ratios = _sweeps("", NEAR, plan, programs, remarks)
        if plan["rtt"] > 0:
            with _far_network(programs, plan["rtt"], remarks) as there:
                if there:
                    far_rows, far_ratios = _sweeps("far ", FAR, plan, programs, remarks)
                    rows, ratios = rows + far_rows, ratios | far_ratios
                    if plan["seconds"] > 0:
                        rows += _round_trips(plan["seconds"])
                        far_rows, far_ratios = _steady("far ", FAR, plan, programs)
                        rows, ratios = rows + far_rows, ratios | far_ratios
        if plan["seconds"] > 0:
            near_rows, near_ratios = _steady("", NEAR, plan, programs)
            rows, ratios = rows + near_rows, ratios | near_ratios
    return {"rows": rows, "ratios": ratios, "remarks": list(dict.fromkeys(remarks))}


def _sweeps(
    where: str, first: str, plan: Mapping[str, Any], programs: Mapping[str, Path], remarks: list[str]
) -> tuple[list[Row], dict[str, float]]:
    """Let all engines sweep in turn, several rounds; return a row for each, and the ratios to the others."""
    count = plan["targets"]
    engines: dict[str, Callable[[], Row]] = {"netmon": lambda: _engine("sweep", first, count)}
    if "icmp_floor" in programs:
        floor = [programs["icmp_floor"], first, str(count), plan["kind"]]
        engines["c-floor"] = lambda: _json([*floor, str(_BATCH)])
        engines["c-single"] = lambda: _json([*floor, "1"])
    fping = shutil.which("fping", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if fping is not None:
        engines["fping -i 0"] = lambda: _fping(fping, first, count)
        engines["fping -q -i 0"] = lambda: _fping(fping, first, count, "-q")
    else:
        remarks.append("fping is not installed: no row of it")
    runs: dict[str, list[Row]] = {name: [] for name in engines}
    for _ in range(plan["rounds"]):
        for name, engine in engines.items():
            runs[name].append(engine())
    rows = [_cheapest(where + name, count, measured) for name, measured in runs.items()]
    cost = {row["engine"]: row["cpu_us_per_probe"] for row in rows}
    ratios = {
        f"{where}netmon / {name}": round(cost[f"{where}netmon"] / cost[where + name], 3)
        for name in engines
        if name != "netmon"
    }
    return rows, ratios


def _cheapest(engine: str, count: int, measured: Sequence[Row]) -> Row:
    best = dict(min(measured, key=lambda row: row["cpu_seconds"]))
    best.pop("requests", None)
    cpu = best.pop("cpu_seconds")
    best["lost"] = max(row["lost"] for row in measured)  # loss in any round counts
    return {"engine": engine, "targets": count, "cpu_us_per_probe": round(cpu / count * 1e6, 3), **best}


def _round_trips(seconds: float) -> list[Row]:
    """Measure round trips on the far path, alone and beside a thread that renders metrics."""
    rows = []
    for run in ("paced", "rendering"):
        row = _engine(run, FAR, 1000, seconds)
        cpu = row.pop("cpu_seconds")
        rows.append({"engine": f"far netmon {run}", "targets": 1000, "cpu_ratio": round(cpu / seconds, 4), **row})
    return rows


def _steady(
    where: str, first: str, plan: Mapping[str, Any], programs: Mapping[str, Path]
) -> tuple[list[Row], dict[str, float]]:
    """Let the whole prober ping once a second, then the floor as often and as many at a time.

    What is near is answered within the call that asks, on the asker's own CPU account; what is far, as in a real
    network, by somebody else.
    """
    rows: list[Row] = []
    ratios: dict[str, float] = {}
    seconds = plan["seconds"]
    for count in map(int, plan["steady"]):
        ours = _engine("prober", first, count, seconds)
        rows.append({"engine": f"{where}netmon prober 1 Hz", "targets": count, **ours})
        if "icmp_floor" not in programs:
            continue
        whole, turn = max(1, round(seconds)), max(1, round(count * ours["tick_seconds"]))
        row = _json([programs["icmp_floor"], first, str(count), plan["kind"], str(_BATCH), str(whole), str(turn)])
        cpu = row.pop("cpu_seconds")
        cost = cpu / row["requests"] * 1e6
        theirs = {"cpu_ratio": round(cpu / whole, 4), "cpu_us_per_probe": round(cost, 2), **row}
        rows.append({"engine": f"{where}c-floor 1 Hz", "targets": count, **theirs})
        name = f"{where}netmon prober 1 Hz / {where}c-floor 1 Hz, {count} targets"
        ratios[name] = round(ours["cpu_us_per_probe"] / cost, 3)
    return rows, ratios


def _engine(run: str, first: str, count: int, seconds: float = 0.0) -> Row:
    return _json([sys.executable, "-m", "netmon.bench.icmp_engine", run, first, str(count), str(seconds)])


def _json(command: Sequence[str | Path]) -> Row:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True)
    row: Row = json.loads(done.stdout)
    return row


def _fping(fping: str, first: str, count: int, *options: str) -> Row:
    """Let fping ping each address once, as fast as it can, and print what it found; reading that is not counted."""
    from netmon.bench.icmp_engine import addresses  # noqa: PLC0415 (its numpy starts threads: only after leaving)

    with tempfile.TemporaryFile() as names, tempfile.TemporaryFile() as report:
        names.write("\n".join(addresses(first, count)).encode())
        names.seek(0)
        process = subprocess.Popen(
            [fping, "-c1", "-i", "0", "-t", "1000", *options], stdin=names, stdout=report, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        report.seek(0)
        answered = sum(b"min/avg/max = " in line for line in report)
    return {"cpu_seconds": usage.ru_utime + usage.ru_stime, "lost": count - answered}


def _compile(folder: Path, remarks: list[str]) -> dict[str, Path]:
    """Compile the C programs; return those that could be."""
    compiler = shutil.which("cc")
    if compiler is None:
        remarks.append("no C compiler (cc): no floor to compare with, and no far addresses")
        return {}
    programs = {}
    for name in ("icmp_floor", "icmp_responder"):
        with as_file(files("netmon.bench").joinpath(f"{name}.c")) as source:
            compiled = subprocess.run([compiler, "-O2", "-o", folder / name, source], check=False)
        if compiled.returncode == 0:
            programs[name] = folder / name
        else:
            remarks.append(f"{name}.c does not compile here: its rows are left out")
    return programs


@contextmanager
def _far_network(programs: Mapping[str, Path], delay: float, remarks: list[str]) -> Iterator[bool]:
    """Make addresses at a distance while the block runs; yield whether that was possible."""
    if "icmp_responder" not in programs:
        yield False
        return
    responder = subprocess.Popen(
        [programs["icmp_responder"], str(delay)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with responder:
        ready = responder.stdout is not None and responder.stdout.readline() == "ready\n"
        if not ready:
            why = "" if responder.stderr is None else responder.stderr.read().strip()
            remarks.append(f"no far addresses: {why}")
        try:
            yield ready
        finally:
            responder.kill()


def main() -> None:
    """Leave the machine's network, do the runs and print them."""
    try:
        leave_machine()
    except Refusal as refusal:
        click.echo(explain(refusal, machine_facts()), err=True)
        sys.exit(PrivilegeError.exit_code)
    click.echo(json.dumps(run_all(json.loads(sys.argv[1]))))


if __name__ == "__main__":
    main()
