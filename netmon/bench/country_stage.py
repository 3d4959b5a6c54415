"""The stage of `netmon bench country`: a network namespace in which a whole country answers on the loopback.

A process of its own, since what has threads cannot leave the machine's network. It starts three NATS servers, a
folder and probers as they are started by hand, lets a region fall silent, kills a prober, and prints what it saw as
one JSON object. All it started ends with it.
"""

from __future__ import annotations

import ctypes
import ipaddress
import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from netmon.bench.country_drawing import Drawing, country
from netmon.bench.country_witness import Witness
from netmon.bench.programs import READY, cpu_of, running
from netmon.errors import CannotError, NetmonError, PrivilegeError
from netmon.lab.kernel.namespaces import leave_machine, open_namespace, write_setting
from netmon.lab.kernel.netlink import Netlink, dig_sink, disown_prefix, own_prefix
from netmon.lab.kernel.reasons import Refusal, explain, machine_facts

LOCALHOST = "127.0.0.1"
PAGE, PROBER_PAGES, CLIENTS, ROUTES, MONITORS = 9840, 9850, 4222, 6222, 8222
COUNTRY = ipaddress.IPv4Network("198.18.0.0/15")
SERVERS = 3
GLANCE, ROUND, CLOSER = 0.1, 0.5, 0.2
"""Seconds from one look to the next: for a fault; at all sites, which costs the folder more; at who takes over."""
DAY = 86_400.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Wish:
    """What to play: a country's size, how many probers, for how long to watch the calm, how long to wait at most."""

    villages: int
    regions: int
    largest: int
    probers: int
    seconds: float
    patience: float
    nats: str
    folder: str


def main() -> None:
    """Play what the first argument asks for."""
    _end_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    wish = Wish(**json.loads(sys.argv[1]))
    facts = machine_facts()
    try:
        leave_machine()
    except Refusal as refusal:
        answer: Mapping[str, Any] = {"error": explain(refusal, facts), "privilege": True}
    else:
        try:
            answer = _play(wish)
        except NetmonError as error:
            answer = {"error": str(error), "privilege": isinstance(error, PrivilegeError)}
    print(json.dumps(answer))  # noqa: T201 (the answer)


def _end_with_parent() -> None:
    """Let the kernel end this process when the one that started it ends, however it does (prctl(2))."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _play(wish: Wish) -> Mapping[str, Any]:
    write_setting("ipv4/ping_group_range", "0 0")  # a raw socket would hear the replies to all others too
    network = Netlink()
    network.send([*dig_sink(open_namespace(), (4,)), own_prefix(COUNTRY, answers=True)])
    folder = Path(wish.folder)
    drawing = country(wish.villages, wish.regions, wish.largest)
    (folder / "country.yaml").write_text(drawing.text, encoding="utf-8")
    with ExitStack() as stack:
        servers = [stack.enter_context(_server(wish.nats, folder, number)) for number in range(SERVERS)]
        show = _Show(wish, drawing, network, stack, servers)
        return show.play()


@contextmanager
def _server(program: str, folder: Path, number: int) -> Iterator[int]:
    routes = ",".join(f"nats://{LOCALHOST}:{ROUTES + one}" for one in range(SERVERS))
    words = [program, "-js", "-sd", str(folder / f"nats-{number}"), "-n", f"s{number}", "-a", LOCALHOST]
    words += ["-p", str(CLIENTS + number), "-m", str(MONITORS + number), "-cluster_name", "bench"]
    words += ["-cluster", f"nats://{LOCALHOST}:{ROUTES + number}", "-routes", routes]
    with running(words, LOCALHOST, CLIENTS + number) as pid:
        yield pid


class _Show:
    """One performance. What takes longer than the patience ends it."""

    def __init__(
        self, wish: Wish, drawing: Drawing, network: Netlink, stack: ExitStack, servers: Sequence[int]
    ) -> None:
        self.wish = wish
        self.drawing = drawing
        self.network = network
        self.stack = stack
        self.programs: dict[str, list[int]] = {"nats_servers": list(servers)}
        self._said = 0  # bytes in the folder's log before a prober was killed
        self.journal = ",".join(f"nats://{LOCALHOST}:{CLIENTS + number}" for number in range(SERVERS)) + "/country"
        self.silent = list(ipaddress.summarize_address_range(*drawing.addresses))

    def play(self) -> Mapping[str, Any]:
        """Play all acts and return the figures."""
        begun = time.monotonic()
        self._start_folder()
        probers = [self._start_prober(f"p{number}") for number in range(self.wish.probers)]
        self._until(self._is_watched, "every node to be heard")
        ready = time.monotonic() - begun
        figures = {
            "nodes": self.drawing.nodes,
            "seconds_to_watch_all": round(ready, 1),
            "folder_cpu_seconds_to_watch_all": round(self._spent()["folder"][0], 1),
            **self._calm(),
        }
        figures |= self._cut()
        figures |= self._death(probers[0])
        return figures

    # -- acts -------------------------------------------------------------------------------------------------

    def _calm(self) -> Mapping[str, Any]:
        """Watch for a while how nothing happens."""
        time.sleep(min(10.0, self.wish.seconds))  # what the start left behind
        before, bytes_before, began = self._spent(), self._journal_bytes(), time.monotonic()
        asked = self._asked()
        time.sleep(self.wish.seconds)
        passed = time.monotonic() - began
        grown = self._journal_bytes() - bytes_before
        return {
            "cpu": {
                name: [round((late - early) / passed, 3) for early, late in zip(before[name], each, strict=True)]
                for name, each in self._spent().items()
            },
            "pings_per_second": round((self._asked() - asked) / passed),
            "journal_bytes_per_day": round(grown / passed * DAY),
        }

    def _cut(self) -> Mapping[str, Any]:
        """Let the largest region fall silent; mend it when its fault has a name."""
        before = self._spent()["folder"][0]
        self.network.send([own_prefix(prefix, answers=False) for prefix in self.silent])
        cut = time.time()
        seen: dict[str, Any] = {}

        def is_named() -> bool:
            for fault in self._get("/api/v1/faults")["faults"]:
                if len(fault["nodes"]) >= len(self.drawing.region):
                    seen.update(fault=fault, after=time.time() - cut)
            return bool(seen)

        self._until(is_named, "the cut to be named", GLANCE)
        fault = seen["fault"]
        stated = [fault["element"], *fault["alternatives"]]
        others = self._get("/api/v1/faults")["faults"]
        spent = self._spent()["folder"][0] - before
        self.network.send([disown_prefix(prefix) for prefix in self.silent])
        mended = time.monotonic()
        self._until(self._is_watched, "the region to be heard again")
        return {
            "dark_nodes": len(fault["nodes"]),
            "faults": len(others),
            "named": f"{fault['element']['kind']} {fault['element']['id']}",
            "is_trunk_stated": {"kind": "cable", "id": self.drawing.trunk} in stated,
            "seconds_to_first_miss": round(datetime.fromisoformat(fault["opened"]).timestamp() - cut, 2),
            "seconds_to_named": round(datetime.fromisoformat(fault["named"]).timestamp() - cut, 2),
            "seconds_to_seen_on_the_api": round(seen["after"], 2),
            "folder_cpu_seconds": round(spent, 2),
            "seconds_to_heard_again": round(time.monotonic() - mended, 2),
        }

    def _death(self, prober: subprocess.Popen[bytes]) -> Mapping[str, Any]:
        """Kill a prober, and wait until the others have asked all that it had, and all is known to answer."""
        if self.wish.probers < 2:
            return {}
        before = self._get("/api/v1/faults")["faults"]
        with Witness(self.drawing.all_addresses) as witness:
            self._said = Path(self.wish.folder, "folder-0.log").stat().st_size
            prober.kill()
            prober.wait()
            died = time.monotonic()
            witness.begin(time.time())

            def is_watched() -> bool:
                witness.read()
                return self._is_watched()

            self._until(lambda: self._is_missed() or not is_watched(), "the others to notice", CLOSER)
            noticed = time.monotonic() - died
            self._until(lambda: is_watched() and witness.seconds is not None, "the others to take over", CLOSER)
            known = time.monotonic() - died
        return {
            "seconds_to_notice_a_death": round(noticed, 2),
            "seconds_until_all_is_asked_again": round(witness.seconds or 0.0, 2),
            "seconds_until_all_is_known_again": round(known, 2),
            "false_faults": len(self._get("/api/v1/faults")["faults"]) - len(before),
        }

    # -- programs ---------------------------------------------------------------------------------------------

    def _start_folder(self) -> None:
        folder = self.wish.folder
        words = ["run", "-i", f"{folder}/country.yaml", "--journal", self.journal, "--journal.replicas", str(SERVERS)]
        words += ["--no-probe", "--state", f"{folder}/state", "--web.listen-address", f"{LOCALHOST}:{PAGE}"]
        process = self._start(words, "folder")
        self._until(lambda: self._is_alive(process, "folder"), "the folder to serve")

    def _start_prober(self, name: str) -> subprocess.Popen[bytes]:
        place = len(self.programs.get("probers", ()))
        words = ["prober", "--journal", self.journal, "--vantage", "noc", "--name", name]
        return self._start([*words, "--web.listen-address", f"{LOCALHOST}:{PROBER_PAGES + place}"], "probers")

    def _start(self, words: Sequence[str], group: str) -> subprocess.Popen[bytes]:
        with Path(self.wish.folder, f"{group}-{len(self.programs.get(group, ()))}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "netmon", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 (this process has no threads)
            )
        self.stack.callback(_end, process)
        self.programs.setdefault(group, []).append(process.pid)
        return process

    def _is_alive(self, process: subprocess.Popen[bytes], group: str) -> bool:
        if process.poll() is not None:
            log = Path(self.wish.folder, f"{group}-0.log").read_text(encoding="utf-8", errors="replace")
            raise CannotError(f"the {group} ended: {log.strip().splitlines()[-1:]}")
        return bool(self._get("/-/healthy", is_text=True))

    # -- what is seen -----------------------------------------------------------------------------------------

    def _is_watched(self) -> bool:
        """Tell whether of each site it is known that it answers."""
        counts = self._get("/api/v1/summary")["counts"]
        up = sum(kinds["up"] for kinds in counts.values())
        return bool(up == self.drawing.nodes)

    def _is_missed(self) -> bool:
        """Tell whether the folder has said that a prober is silent: others may have all before a page shows a gap."""
        with Path(self.wish.folder, "folder-0.log").open("rb") as log:
            log.seek(self._said)
            return b" is silent; " in log.read()

    def _asked(self) -> int:
        """Return how many requests the kernel has been asked to answer (/proc/net/snmp, RFC 4293)."""
        lines = [line.split() for line in Path("/proc/self/net/snmp").read_text().splitlines() if line[:5] == "Icmp:"]
        return int(dict(zip(*lines, strict=True))["InEchos"])

    def _spent(self) -> dict[str, list[float]]:
        """Return the CPU seconds of each process by now; of one that is gone, none."""
        return {name: [_cpu(pid) for pid in pids] for name, pids in self.programs.items()}

    def _journal_bytes(self) -> int:
        """Return how large the stream of entries is on each of its servers."""
        found = self._get("/jsz?accounts=1&streams=1", port=MONITORS)
        streams = [one for account in found["account_details"] for one in account["stream_detail"]]
        return int(next(one["state"]["bytes"] for one in streams if one["name"] == "country"))

    def _get(self, path: str, *, port: int = PAGE, is_text: bool = False) -> Any:
        with urllib.request.urlopen(f"http://{LOCALHOST}:{port}{path}", timeout=READY) as answer:
            body = answer.read()
        return body.decode() if is_text else json.loads(body)

    def _until(self, is_so: Callable[[], bool], what: str, pause: float = ROUND) -> None:
        ends = time.monotonic() + self.wish.patience
        while not self._seen(is_so):
            if time.monotonic() > ends:
                raise CannotError(f"{what} took longer than {self.wish.patience:g} s", "try a smaller country")
            time.sleep(pause)

    def _seen(self, is_so: Callable[[], bool]) -> bool:
        try:
            return is_so()
        except OSError:  # it is too busy to answer, which the figures will tell
            return False


def _cpu(pid: int) -> float:
    try:
        return cpu_of(pid)
    except OSError:
        return 0.0


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(READY)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wish_words(wish: Wish) -> str:
    """Return a wish as the stage reads it."""
    return json.dumps(asdict(wish))


if __name__ == "__main__":
    main()
