"""Probers on one journal, as they are started by hand: killed, paused, cut off; and a server of a cluster killed."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from netmon.daemon.prober_telling import COVERAGE
from netmon.errors import StateError
from netmon.events import Coverage, NodeDown, ProbersChanged, ToldBy
from netmon.journal.jetstream.address import JetStreamAddress, jetstream_address
from netmon.journal.jetstream.journal import JetStreamJournal
from netmon.model import Verdict
from netmon.picture.ledger import DARK, buckets
from netmon.picture.state import Picture
from netmon.recall.recall import recall
from tests.e2e.terminal import Daemon, Terminal, wait_for
from tests.lab.nats_server import Server, three_servers
from tests.lab.relay import Relay

pytestmark = [pytest.mark.e2e, pytest.mark.lab, pytest.mark.long(90)]
NODES = 9
VALLEY = ("v1", "v2", "v3")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path)
    yield one
    one.kill()


class Desk:
    """A daemon and probers, on the ring and on one journal; `door` is how they are let in."""

    def __init__(
        self,
        ring: Terminal,
        address: JetStreamAddress,
        door: tuple[str, ...],
        stack: ExitStack,
        inventory: str = "ring.yaml",
    ) -> None:
        self.ring, self.address, self.door, self.stack = ring, address, door, stack
        words = ("-i", inventory, "--lab", "--journal", str(address), *door, "--state", address.name)
        self.daemon: Daemon = stack.enter_context(ring.daemon(*words, "--journal.replicas", str(address.replicas)))

    def prober(self, name: str, url: str = "", vantage: str = "noc") -> Daemon:
        words = ("--journal", url or str(self.address), *self.door, "--vantage", vantage, "--name", name, "--lab")
        process = self.ring.process(("prober", *words, "--web.listen-address", "127.0.0.1:0"))
        return self.stack.enter_context(closing(Daemon(process)))

    def share(self, name: str) -> float:
        return self.daemon.metric("netmon_prober_nodes", prober=name, vantage="noc") or 0.0

    def is_up(self, name: str) -> bool:
        return self.daemon.metric("netmon_prober_up", prober=name, vantage="noc") == 1.0

    def await_shares(self, *names: str) -> None:
        self.daemon.wait_for(
            lambda: all(map(self.is_up, names)) and sum(map(self.share, names)) == NODES, f"shares of {names}"
        )
        self.await_verdicts()

    def await_verdicts(self) -> None:
        self.daemon.wait_for(lambda: "unknown" not in self.daemon.verdicts().values(), "a verdict for every site")

    def picture(self) -> Picture:
        """Return what the journal comes to, as soon as it can be read."""
        found: list[Picture | None] = []

        def is_read() -> bool:
            with suppress(StateError), closing(JetStreamJournal(self.address, read_only=True)) as journal:
                found.append(recall(journal))
            return bool(found)

        wait_for(is_read, "the journal")
        assert found[0] is not None
        return found[0]


@contextmanager
def desk(ring: Terminal, server: Server, name: str, inventory: str = "ring.yaml") -> Iterator[Desk]:
    door = ("--journal.user", "netmon", "--journal.secret", f"file:{server.secret}")
    with ExitStack() as stack:
        yield Desk(ring, server.address(name), door, stack, inventory)


def asked(prober: Daemon, node: str) -> tuple[float, float]:
    """Return how often a node was asked, and how often it answered."""
    counts = [prober.metric(f"netmon_icmp_{name}_total", node=node) or 0.0 for name in ("requests", "replies")]
    return counts[0], counts[1]


def heal_before(ring: Terminal, prober: Daemon) -> None:
    """Mend the network, and wait until a prober hears the valley again."""
    answered = {node: asked(prober, node)[1] for node in VALLEY}
    assert ring.type("lab", "heal", "--all").returncode == 0
    wait_for(lambda: all(asked(prober, node)[1] > answered[node] + 1 for node in VALLEY), "its end")


def dark_sites(picture: Picture) -> set[str]:
    return {site for site, spans in picture.ledger.items() if any(span.verdict in DARK for span in spans)}


def test_targets_of_a_killed_prober_are_taken_over_and_nothing_was_dark(
    ring: Terminal, server: Server, record_property: Callable[[str, object], None]
) -> None:
    with desk(ring, server, "killed") as here:
        doomed = here.prober("p")
        here.prober("q")
        here.await_shares("p", "q")
        assert here.share("p")
        begun = here.daemon.api("picture")["coverage"].get("p")
        here.daemon.wait_for(lambda: here.daemon.api("picture")["coverage"].get("p") != begun, "its first word")
        begun = here.daemon.api("picture")["coverage"].get("p")
        here.daemon.wait_for(lambda: here.daemon.api("picture")["coverage"].get("p") != begun, "a word of coverage")
        doomed.end(signal.SIGKILL)
        here.daemon.wait_for(lambda: here.share("q") == NODES, "that the other has all")
        here.await_verdicts()
        assert not here.daemon.api("faults")
        picture = here.picture()
        assert dark_sites(picture) == set()
        with closing(JetStreamJournal(here.address, read_only=True)) as journal:
            entries = list(journal.read())
        told = [entry for entry in entries if isinstance(entry.events[0], ToldBy) and entry.events[0].prober == "p"]
        covered = max(one.until for entry in told for one in entry.events if isinstance(one, Coverage))
        struck_off = max(one.at for entry in entries for one in entry.events if isinstance(one, ProbersChanged))
        gaps = {site: buckets(spans, covered, picture.at)[Verdict.UNKNOWN] for site, spans in picture.ledger.items()}
        assert any(gaps.values())
        assert not any(isinstance(one, NodeDown) for entry in entries for one in entry.events)
        record_property("figure", f"struck off {struck_off - max(e.at for e in told):.1f} s after its last word")
        record_property("figure", f"longest time unknown, from its last coverage: {max(gaps.values()):.1f} s")


def test_a_prober_that_was_paused_has_no_say_until_it_is_let_in_again(ring: Terminal, server: Server) -> None:
    with desk(ring, server, "paused") as here:
        paused = here.prober("p")
        here.prober("q")
        here.await_shares("p", "q")
        paused.process.send_signal(signal.SIGSTOP)
        here.daemon.wait_for(lambda: here.share("q") == NODES, "that the other has all")
        here.await_verdicts()
        assert ring.type("lab", "cut", "cable:lembah").returncode == 0
        fault = here.daemon.await_fault("cable:lembah")  # its port may tell before its villages are judged
        here.daemon.wait_for(lambda: here.daemon.dark() == {"lembah-1", "lembah-2", "lembah-3"}, "what it darkens")
        paused.process.send_signal(signal.SIGCONT)
        here.daemon.wait_for(lambda: here.is_up("p") and here.share("p") > 0, "that it is let in")
        assert here.daemon.await_fault("cable:lembah")["id"] == fault["id"]
        assert ring.type("lab", "heal", "--all").returncode == 0
        here.daemon.await_calm()
        here.await_verdicts()
        assert dark_sites(here.picture()) == {"lembah-1", "lembah-2", "lembah-3"}


def test_a_prober_that_was_cut_off_during_an_outage_tells_it_afterwards(ring: Terminal, server: Server) -> None:
    relay = Relay(server.port)
    try:
        with desk(ring, server, "away") as here:
            away = here.prober("p", f"nats://127.0.0.1:{relay.port}/away")
            here.await_shares("p")
            relay.cut()
            here.daemon.wait_for(lambda: not here.is_up("p"), "that it is missed")
            here.daemon.wait_for(lambda: here.daemon.verdicts()["bukit"] == "unknown", "that nothing is known")
            assert ring.type("lab", "cut", "cable:lembah").returncode == 0
            cut = time.monotonic()
            wait_for(lambda: all(asked(away, node)[0] >= asked(away, node)[1] + 12 for node in VALLEY), "an outage")
            # What ends between two words of coverage is dark in the ledger, but has no answers to be explained by.
            wait_for(lambda: time.monotonic() - cut > 2 * COVERAGE + 1.0, "words of coverage in it")
            heal_before(ring, away)
            assert (away.metric("netmon_prober_events_waiting", prober="p", vantage="noc") or 0.0) > 6
            relay.mend()
            here.daemon.wait_for(lambda: here.is_up("p"), "that it is let in")
            here.await_verdicts()
            picture = here.picture()
            for site in ("bukit", "utara", "kantor"):
                assert [span.verdict for span in picture.ledger[site]][-1] is Verdict.UP
                assert len(picture.ledger[site]) <= 2, picture.ledger[site]
            assert dark_sites(picture) == {"lembah-1", "lembah-2", "lembah-3"}
            (incident,) = picture.closed_incidents
            assert "cable:lembah" in map(str, (incident.fault.element, *incident.fault.alternatives))
    finally:
        relay.close()


def test_while_nats_is_away_for_all_everybody_goes_on_and_nothing_becomes_unknown(
    ring: Terminal, server: Server
) -> None:
    with desk(ring, server, "gone") as here:
        prober = here.prober("p")
        here.await_shares("p")
        server.kill()
        assert ring.type("lab", "cut", "cable:lembah").returncode == 0
        wait_for(lambda: all(asked(prober, node)[0] >= asked(prober, node)[1] + 12 for node in VALLEY), "an outage")
        heal_before(ring, prober)
        assert here.is_up("p")
        server.start()
        here.daemon.wait_for(
            lambda: (
                prober.metric("netmon_prober_events_waiting", prober="p", vantage="noc") == 0.0
                and here.daemon.metric("netmon_journal_failing") == 0.0
            ),
            "that all is told and written",
        )
        here.daemon.await_calm()
        picture = here.picture()
        assert dark_sites(picture) == {"lembah-1", "lembah-2", "lembah-3"}
        assert all(spans[-1].verdict in {Verdict.UP, Verdict.UNSERVED} for spans in picture.ledger.values())
        for spans in picture.ledger.values():  # unknown at the start, until the prober was let in, and not since
            assert Verdict.UNKNOWN not in {span.verdict for span in spans if span.start > began(picture)}


def began(picture: Picture) -> float:
    """Return when the last prober was let in."""
    return max(member.since for member in picture.sharing.members)


def test_verdicts_go_on_while_a_cluster_elects_a_leader_and_nothing_is_lost(
    ring: Terminal, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with three_servers(tmp_path) as servers, ExitStack() as stack:
        url = ",".join(f"nats://127.0.0.1:{server.port}/elected" for server in servers)
        address = jetstream_address(url, replicas=3)
        wait_for(lambda: _leader(address) is not None, "that the servers have found each other")
        here = Desk(ring, address, (), stack)
        here.prober("p")
        here.await_shares("p")
        leader = _leader(address)
        assert leader is not None
        servers[leader].kill()
        killed = time.monotonic()
        assert ring.type("lab", "cut", "cable:lembah").returncode == 0
        cut = time.monotonic()
        fault = here.daemon.await_fault("cable:lembah")
        named = time.monotonic()
        here.daemon.wait_for(
            lambda: (
                here.daemon.metric("netmon_events_buffered") == 0.0
                and here.daemon.metric("netmon_journal_failing") == 0.0
            ),
            "that all is written",
        )
        written = time.monotonic()
        record_property(
            "figure", f"fault named {named - cut:.1f} s after the cut, {cut - killed:.1f} s after the kill"
        )
        record_property("figure", f"all written {written - killed:.1f} s after the kill")
        assert here.daemon.metric("netmon_events_lost_total") == 0.0
        assert fault["id"] in {incident.id for incident in here.picture().open_incidents}


def _leader(address: JetStreamAddress) -> int | None:
    """Return the number of the server that leads the journal's stream, which is made if need be; None: none does."""
    try:
        with closing(JetStreamJournal(address)) as journal:
            cluster = journal._wait(journal._js.stream_info(address.name)).cluster
    except StateError:
        return None
    return None if cluster is None or not cluster.leader else int(cluster.leader[1:])


def test_where_vantages_disagree_the_network_is_in_parts_and_nothing_is_dark(ring: Terminal, server: Server) -> None:
    inventory = (ring.folder / "ring.yaml").read_text(encoding="utf-8")
    both = inventory.replace("sentinels: [gw]}", "sentinels: [gw], also: [r2]}")
    (ring.folder / "both.yaml").write_text(both, encoding="utf-8")
    with desk(ring, server, "parts", "both.yaml") as here:
        here.prober("p")
        here.prober("q", vantage="r2")
        here.await_shares("p")
        here.daemon.wait_for(
            lambda: here.daemon.metric("netmon_prober_nodes", prober="q", vantage="r2") == NODES, "q"
        )
        assert here.daemon.metric("netmon_partition_nodes", vantage="noc") == 0.0
        assert ring.type("lab", "cut", "link:r1-r2", "link:r2-r3").returncode == 0

        def parts() -> dict[str, Any]:
            return next((one for one in here.daemon.api("picture")["partitions"] if one["vantage"] == "noc"), {})

        def between() -> set[str]:
            return {f"{element['kind']}:{element['id']}" for named in parts().get("between", ()) for element in named}

        # It is told while it is still being noticed; where it came apart is known once all have been missed.
        here.daemon.wait_for(
            lambda: (
                bool(between() & {"link:r1-r2", "link:r2-r3", "node:r2"})
                and {*VALLEY} <= set(parts().get("nodes", ()))
            ),
            "parts",
        )
        assert parts()["seen_from"] == ["r2"]
        said = ring.type("status", "--url", here.daemon.url).stdout
        assert "partition: noc has lost" in said, said
        assert "that r2 reaches, apart at" in said
        here.daemon.wait_for(
            lambda: here.daemon.metric("netmon_partition_nodes", vantage="noc") == len(parts()["nodes"]), "its number"
        )
        assert here.daemon.dark() == set()
        assert ring.type("lab", "cut", "cable:lembah").returncode == 0
        here.daemon.await_fault("cable:lembah")
        here.daemon.wait_for(
            lambda: here.daemon.dark() == {"lembah-1", "lembah-2", "lembah-3"}, "what is dark at both"
        )


def test_probers_and_folders_alone_carry_on_when_the_folder_that_leads_is_killed(
    ring: Terminal, server: Server, record_property: Callable[[str, object], None]
) -> None:
    door = ("--journal.user", "netmon", "--journal.secret", f"file:{server.secret}")
    journal = ("--journal", str(server.address("apart")), *door)
    with ExitStack() as stack:
        words = ("-i", "ring.yaml", *journal, "--no-probe", "--state")
        folders = [stack.enter_context(ring.daemon(*words, f"folder-{name}")) for name in "ab"]
        for name in "pq":
            more = ("--vantage", "noc", "--name", name, "--lab", "--web.listen-address", "127.0.0.1:0")
            stack.enter_context(closing(Daemon(ring.process(("prober", *journal, *more)))))
        for folder in folders:
            folder.await_ready()
        wait_for(lambda: sum(map(_leads, folders)) == 1, "that one leads")
        leading = next(folder for folder in folders if _leads(folder))
        (other,) = (folder for folder in folders if folder is not leading)
        leading.end(signal.SIGKILL)
        killed = time.monotonic()
        assert ring.type("lab", "cut", "cable:lembah").returncode == 0
        fault = other.await_fault("cable:lembah")
        record_property("figure", f"named by the other folder {time.monotonic() - killed:.1f} s after the kill")
        assert other.dark() == {"lembah-1", "lembah-2", "lembah-3"}
        assert ring.type("lab", "heal", "--all").returncode == 0
        other.await_calm()
        with closing(JetStreamJournal(server.address("apart"), read_only=True)) as written:
            told = [one for entry in written.read() for one in entry.events if isinstance(one, ToldBy)]
            picture = recall(written)
        assert picture is not None
        assert [incident.id for incident in picture.closed_incidents] == [fault["id"]]
        numbers = {run: [one.number for one in told if one.run == run] for run in {one.run for one in told}}
        assert all(each == sorted(set(each)) for each in numbers.values())


def _leads(folder: Daemon) -> bool:
    return folder.metric("netmon_leads") == 1.0
