"""What is dark, cut and named today: from a running daemon, or out of a journal, of any moment that it knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netmon.clock import rfc3339
from netmon.errors import StateError
from netmon.model import Element, ElementKind, Fault, Finding, Inventory, Reach, Verdict
from netmon.topology.blackspots import Return, flapping

if TYPE_CHECKING:
    from netmon.picture.state import Picture

_DARK = frozenset({Verdict.DOWN, Verdict.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class Today:
    """What a picture says of a network, as the API writes it.

    `digest` is that of the drawing it is about, `at` its moment in RFC 3339. Findings are by id, link states too;
    `quality` is by site what is wrong with lines that answer, `since` when a site's verdict began; `returns` are the
    faults that came back.
    """

    digest: str
    at: str | None
    sites: Mapping[str, Finding]
    nodes: Mapping[str, Finding]
    links: Mapping[str, Reach]
    faults: Sequence[Fault]
    quality: Mapping[str, tuple[str, ...]]
    since: Mapping[str, str | None]
    returns: Sequence[Return]

    @property
    def dark(self) -> set[str]:
        """The nodes that are down or unreachable."""
        return {name for name, found in self.nodes.items() if found.verdict in _DARK}

    @property
    def cut(self) -> set[str]:
        """The links that are down."""
        return {name for name, state in self.links.items() if state is Reach.DOWN}

    @property
    def flapping(self) -> dict[str, tuple[str, ...]]:
        """The faults that come and go, by site that they darken."""
        return {} if self.at is None else flapping(self.returns, _seconds(self.at))


def from_daemon(url: str) -> Today:
    """Return what the daemon at `url` says now.

    Raises:
        AwayError: nobody answers there.
    """
    from netmon.cli.status import fetch  # noqa: PLC0415 (only here is HTTP needed)

    incidents = fetch(url, "/api/v1/incidents")["incidents"]
    return read_today(fetch(url, "/api/v1/picture"), incidents)


def from_journal(path: Path, at: float | None = None) -> tuple[Today, Inventory]:
    """Return what a journal says of a moment, by default the last it knows, and the drawing then in force.

    Raises:
        StateError: it cannot be read, or says nothing of that time.
    """
    from netmon.exporter.api.documents import incident_rows  # noqa: PLC0415
    from netmon.journal.sqlite.journal import SqliteJournal  # noqa: PLC0415 (a daemon's answer needs no fold)
    from netmon.recall.recall import recall  # noqa: PLC0415

    with closing(SqliteJournal(path, read_only=True)) as source:
        picture = recall(source, at)
    if picture is None:
        raise StateError(f"{path} holds nothing up to then", "ask for a later moment")
    return read_today(_written(picture), incident_rows(picture)), picture.inventory


def last_word(path: Path) -> float:
    """Return the time of the last entry of a journal, Unix seconds.

    Raises:
        StateError: it cannot be read, or is empty.
    """
    from netmon.journal.sqlite.journal import SqliteJournal  # noqa: PLC0415
    from netmon.recall.recall import recall  # noqa: PLC0415

    with closing(SqliteJournal(path, read_only=True)) as source:
        picture = recall(source)
    if picture is None:
        raise StateError(f"{path} holds nothing yet", "let `netmon run` write it for a while")
    return picture.at


def read_today(picture: Mapping[str, Any], incidents: Sequence[Mapping[str, Any]]) -> Today:
    """Return what a document of `/api/v1/picture` says, and the rows of `/api/v1/incidents`."""
    quality: dict[str, list[str]] = defaultdict(list)
    for row in picture["nodes"]:
        if row["quality"]:
            quality[row["site"]].append(f"{row['id']}: {row['quality']}")
    return Today(
        digest=picture["inventory"],
        at=picture["at"],
        sites={row["id"]: _finding(row) for row in picture["sites"]},
        nodes={row["id"]: _finding(row) for row in picture["nodes"]},
        links={row["id"]: Reach(row["state"]) for row in picture["links"]},
        faults=tuple(map(_fault, picture["faults"])),
        quality={site: tuple(told) for site, told in quality.items()},
        since={row["id"]: row["since"] for row in picture["sites"]},
        returns=[
            Return(row["id"], row["count"], _seconds(row["again"]), row["ever"]["sites"])
            for row in incidents
            if row["again"] is not None
        ],
    )


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _written(picture: Picture) -> dict[str, Any]:
    """Return a picture as the API writes it, without what is not read here."""
    from netmon.exporter.api.documents import fault_rows, link_rows, node_rows, site_rows  # noqa: PLC0415

    return {
        "inventory": picture.inventory.digest,
        "at": rfc3339(picture.at),
        "faults": fault_rows(picture),
        "sites": site_rows(picture),
        "nodes": node_rows(picture),
        "links": link_rows(picture),
    }


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(Verdict(row["verdict"]), row["fault"])


def _fault(row: Mapping[str, Any]) -> Fault:
    elements = [Element(ElementKind(one["kind"]), one["id"]) for one in (row["element"], *row["alternatives"])]
    return Fault(row["id"], elements[0], tuple(elements[1:]))
