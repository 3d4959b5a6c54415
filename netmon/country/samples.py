"""From a country to samples: every region with its label, in the order of the catalogue."""

from __future__ import annotations

import platform
from collections.abc import Iterator

from netmon import __version__
from netmon.country.federation import Country
from netmon.exporter.samples.columns import METRICS, Sample, column, ones
from netmon.model import Verdict


def country_samples(country: Country, _event_streams: int = 0) -> list[Sample]:
    """Return the samples of a country."""
    found = {sample.metric.name: sample for sample in _all(country)}
    return [found[name] for name in METRICS if name in found]


def _all(country: Country) -> Iterator[Sample]:
    regions, now = country.regions.values(), country.now
    names = [(region.name,) for region in regions]
    yield column("netmon_region_up", names, (region.is_heard(now) for region in regions))
    heard = [region for region in regions if region.summary is not None]
    yield column(
        "netmon_region_heard_timestamp_seconds", [(one.name,) for one in heard], (one.heard for one in heard)
    )
    counted = {
        (region.name, kind, str(verdict)): each.get(verdict, 0)
        for region in regions
        for kind, each in region.counts(now).items()
        for verdict in Verdict
    }
    yield column("netmon_region_sites", list(counted), counted.values())
    faults = [(one.name, len(one.summary.faults)) for one in heard if one.summary is not None and one.is_heard(now)]
    yield column("netmon_region_faults", [(name,) for name, _ in faults], (count for _, count in faults))
    yield ones("netmon_build_info", [(__version__, platform.python_version())])
