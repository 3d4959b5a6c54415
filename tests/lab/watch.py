"""A prober and a folder that watch the county of the lab, and what they have seen of it."""

from __future__ import annotations

from netmon.daemon.folder import Folder
from netmon.daemon.prober import Prober
from netmon.daemon.settings import Settings
from netmon.events import Member
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.lab.network import Lab
from netmon.picture.ledger import DARK
from netmon.picture.state import Picture
from tests.lab.skewed_folder import county


class Watch:
    """A prober, and a folder that writes what it tells."""

    def __init__(self, address: JetStreamAddress, way: JetStreamAddress, lab: Lab) -> None:
        self.folder = Folder(address, county(), Settings(None, port=0))
        self.prober = Prober(way, Member("p", "noc"), lab.sockets)

    @property
    def picture(self) -> Picture | None:
        return self.folder.folding.picture

    def is_there(self) -> bool:
        return self.picture is not None and bool(self.picture.sharing.members)

    def verdict(self, site: str) -> str:
        return "" if self.picture is None else str(self.picture.site_findings[site].verdict)

    def is_well(self) -> bool:
        """Tell whether it is there, and all answer."""
        return self.is_there() and all(self.verdict(site) == "up" for site in county().sites)


def outages(picture: Picture) -> dict[str, list[tuple[float, float]]]:
    """Return from when to when each site was dark."""
    found: dict[str, list[tuple[float, float]]] = {}
    for site, spans in picture.ledger.items():
        ends = [*(span.start for span in spans[1:]), picture.at]
        dark = [(span.start, end) for span, end in zip(spans, ends, strict=True) if span.verdict in DARK]
        merged: list[tuple[float, float]] = []
        for start, end in dark:
            if merged and merged[-1][1] == start:
                merged[-1] = (merged[-1][0], end)
            else:
                merged.append((start, end))
        found[site] = merged
    return found
