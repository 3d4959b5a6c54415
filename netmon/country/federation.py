"""What the regions come to together, as a function of what each said last and when.

Who is silent is not believed to be well: after a while its served sites are unknown, its faults marked as last
heard of then. Ids are a region's own; nationwide they are written `REGION/ID`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from netmon.clock import rfc3339
from netmon.model import Verdict

STALE = 15.0
"""Seconds after which what a region said last is not taken for now."""

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a region says of itself: `/api/v1/summary`. Times are Unix seconds.

    `counts` are its sites by kind and verdict; `covered` is up to when it was probed, None before it was. Times in
    the texts of its faults are by the clock of `timezone`, an IANA name.
    """

    region: str
    position: int
    digest: str
    ready: bool
    counts: Mapping[str, Mapping[Verdict, int]]
    faults: tuple[Mapping[str, Any], ...] = ()
    at: float = 0.0
    covered: float | None = None
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Region:
    """One region: where it is asked, what it said last and when that came, and why it says nothing now."""

    name: str
    url: str
    summary: Summary | None = None
    heard: float = float("-inf")
    trouble: str = ""

    def is_heard(self, now: float) -> bool:
        """Tell whether what it said last is of now."""
        return self.summary is not None and now - self.heard <= STALE

    def counts(self, now: float) -> dict[str, Counter[Verdict]]:
        """Return its sites by kind and verdict; of a silent one, all but the unserved are unknown."""
        said = {} if self.summary is None else self.summary.counts
        if self.is_heard(now):
            return {kind: Counter(dict(each)) for kind, each in said.items()}
        found: dict[str, Counter[Verdict]] = {}
        for kind, each in said.items():
            unserved = each.get(Verdict.UNSERVED, 0)
            found[kind] = Counter({Verdict.UNKNOWN: sum(each.values()) - unserved, Verdict.UNSERVED: unserved})
        return found


@dataclass(frozen=True, slots=True)
class Country:
    """All regions at `now`, by name."""

    now: float
    regions: Mapping[str, Region] = field(default_factory=dict)

    def counts(self) -> Counter[Verdict]:
        """Return how many sites of all have each verdict."""
        return sum((total(region.counts(self.now)) for region in self.regions.values()), Counter())

    def silent(self) -> tuple[str, ...]:
        """Return the regions that are not heard."""
        return tuple(name for name, region in self.regions.items() if not region.is_heard(self.now))


def total(counts: Mapping[str, Counter[Verdict]]) -> Counter[Verdict]:
    """Return the sites of all kinds by verdict."""
    return sum(counts.values(), Counter())


def region_rows(country: Country) -> list[Document]:
    """Return all regions: the silent first, then those with most dark sites, then by name."""
    rows = [region_row(region, country.now) for region in country.regions.values()]
    return sorted(rows, key=lambda row: (row["heard"], -_dark(row["counts"]), row["region"]))


def region_row(region: Region, now: float) -> Document:
    """Return one region, as the API has it."""
    said = region.summary
    counts = total(region.counts(now))
    return {
        "region": region.name,
        "url": region.url,
        "heard": region.is_heard(now),
        "last_heard": None if said is None else rfc3339(region.heard),
        "trouble": region.trouble,
        "timezone": None if said is None else said.timezone,
        "ready": said is not None and said.ready and region.is_heard(now),
        "position": 0 if said is None else said.position,
        "covered_until": None if said is None or said.covered is None else rfc3339(said.covered),
        "faults": 0 if said is None else len(said.faults),
        "counts": {str(verdict): counts.get(verdict, 0) for verdict in Verdict},
    }


def fault_rows(country: Country) -> list[Document]:
    """Return the open faults of all regions, those that darken most first; `heard` false: that may be over by now."""
    rows = [
        {
            **fault,
            "id": f"{region.name}/{fault['id']}",
            "region": region.name,
            "sites": [f"{region.name}/{site}" for site in fault["sites"]],
            "nodes": [f"{region.name}/{node}" for node in fault["nodes"]],
            "heard": region.is_heard(country.now),
            "timezone": region.summary.timezone,
        }
        for region in country.regions.values()
        if region.summary is not None
        for fault in region.summary.faults
    ]
    return sorted(rows, key=lambda row: (-len(row["sites"]), row["opened"], row["id"]))


def target_groups(regions: Iterable[Region]) -> list[Document]:
    """Return the regions as targets for Prometheus' HTTP service discovery: each series gets its `region`."""
    groups = []
    for region in regions:
        scheme, _, rest = region.url.partition("://")
        host, _, path = rest.rstrip("/").partition("/")
        labels = {
            "region": region.name,
            "__scheme__": scheme,
            "__metrics_path__": f"/{path}/metrics".replace("//", "/"),
        }
        groups.append({"targets": [host], "labels": labels})
    return groups


def _dark(counts: Mapping[str, int]) -> int:
    return counts[Verdict.DOWN] + counts[Verdict.UNREACHABLE]
