"""Lab and daemon on one stage: whatever is cut is named, with exactly the sites that it darkens."""

from __future__ import annotations

from pathlib import Path

import pytest

from netmon.lab.story import faults as f
from netmon.model import Cause, Element, ElementKind, Verdict
from netmon.picture.ledger import DARK, outages
from netmon.picture.state import Incident, Picture
from netmon.picture.words.faults import describe
from netmon.trial.score import look
from netmon.trial.stage import Stage
from tests.lab.staging import PATIENCE, on_stage

pytestmark = pytest.mark.lab


def names(picture: Picture, element: Element) -> Incident | None:
    """Return the open incident that names an element, alone or among alternatives."""
    for incident in picture.open_incidents:
        if element in (incident.fault.element, *incident.fault.alternatives):
            return incident
    return None


async def is_right(stage: Stage, fault: f.LabFault) -> Incident:
    """Break something and wait until it is named and exactly its sites are dark; return the incident."""
    deed = await stage.do(str(fault), fault)
    (element,) = deed.broken

    def right(picture: Picture) -> bool:
        return names(picture, element) is not None and look(picture).dark_sites == deed.dark_sites

    assert await stage.until(right, PATIENCE), f"{fault}: {stage.sights[-1]} instead of {deed}"
    assert stage.daemon.picture is not None
    incident = names(stage.daemon.picture, element)
    assert incident is not None
    return incident


async def is_well(stage: Stage, *repairs: f.LabFault) -> None:
    """Mend, and wait until nothing is open and nothing dark."""
    await stage.do("repair", *repairs)

    def well(picture: Picture) -> bool:
        return not picture.open_incidents and not look(picture).dark_sites

    assert await stage.until(well, PATIENCE), f"{repairs}: {stage.sights[-1]}"


DARKENING: list[tuple[f.LabFault, f.LabFault, set[str]]] = [
    (f.CutLink("r1-w1"), f.HealLink("r1-w1"), {"bukit"}),
    (f.CutCable("lembah"), f.HealCable("lembah"), {"lembah-1", "lembah-2", "lembah-3"}),
    (f.PowerOff("v3"), f.PowerOn("v3"), {"lembah-3"}),
    (f.PowerOff("v1"), f.PowerOn("v1"), {"lembah-1", "lembah-2", "lembah-3"}),
    (f.PowerOff("r1"), f.PowerOn("r1"), {"utara", "bukit"}),
    (f.PowerOff("r3"), f.PowerOn("r3"), {"selatan", "kantor"}),
    (f.MuteManagement("v2"), f.UnmuteManagement("v2"), {"lembah-2"}),
    (f.Attenuate("r3-o1", 30.0), f.Attenuate("r3-o1", 0.0), {"kantor"}),
]


def test_everything_that_darkens_is_named_with_what_it_darkens(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        for fault, repair, sites in DARKENING:
            incident = await is_right(stage, fault)
            assert stage.deeds[-1].dark_sites == sites
            assert set(incident.fault.sites) == sites
            await is_well(stage, repair)
        score = stage.score()
        assert all(answer.seconds is not None for answer in score.answers)
        assert not score.wrongly_down
        assert not score.wrongly_paged

    on_stage(tmp_path, play)


def test_a_forwarder_that_does_not_answer_is_a_broken_device_and_darkens_nobody(tmp_path: Path) -> None:
    """What lives behind it proves that it forwards."""

    async def play(stage: Stage) -> None:
        await stage.do("mute", f.MuteManagement("r2"))
        router = Element(ElementKind.NODE, "r2")
        assert await stage.until(lambda picture: names(picture, router) is not None, PATIENCE), stage.sights[-1]
        picture = stage.daemon.picture
        assert picture is not None
        (incident,) = picture.open_incidents
        assert (incident.fault.alternatives, incident.fault.cause) == ((), Cause.DEVICE)
        assert (incident.fault.nodes, incident.fault.sites) == (("r2",), ())
        assert picture.site_findings["timur"].verdict is Verdict.DEGRADED
        assert "no site is dark" in describe(incident, stage.inventory, picture.at)
        assert not DARK.intersection(span.verdict for span in picture.ledger["timur"]), "no outage is written down"
        await is_well(stage, f.UnmuteManagement("r2"))
        assert not any(sight.down_sites for sight in stage.sights)

    on_stage(tmp_path, play)


def test_a_ring_cut_once_darkens_nothing_and_its_second_cut_is_named_beside_it(tmp_path: Path) -> None:
    first, second = Element(ElementKind.LINK, "gw-r1"), Element(ElementKind.LINK, "r1-r2")

    async def play(stage: Stage) -> None:
        silent = await is_right(stage, f.CutLink("gw-r1"))
        assert (silent.fault.element, silent.sites) == (first, ())
        picture = stage.daemon.picture
        assert picture is not None
        assert "r1-r2" in picture.topology.bridges, "what the ring still hangs on"
        assert silent.stake is not None
        assert (silent.stake.cut, len(silent.stake.sites)) == (Element(ElementKind.LINK, "r3-gw"), 8)
        assert "redundancy is lost: one more cut darkens 8 sites, 4 of them villages" in describe(
            silent, stage.inventory, picture.at
        )

        loud = await is_right(stage, f.CutLink("r1-r2"))
        assert set(loud.fault.sites) == {"utara", "bukit"}
        assert second in (loud.fault.element, *loud.fault.alternatives)
        assert stage.daemon.picture is not None
        still = names(stage.daemon.picture, first)
        assert still is not None
        assert (still.id, still.opened) == (silent.id, silent.opened)
        assert {one.id for one in stage.daemon.picture.open_incidents} == {silent.id, loud.id}

        # One cut spliced: all is lit again, and the ring runs open at the other.
        await stage.do("splice the first", f.HealLink("gw-r1"))
        assert await stage.until(
            lambda now: names(now, first) is None and names(now, second) is not None and not look(now).dark_sites,
            PATIENCE,
        ), stage.sights[-1]
        await is_well(stage, f.HealLink("r1-r2"))
        assert not stage.score().wrongly_down

    on_stage(tmp_path, play)


def test_the_monitors_own_line_accuses_nobody(tmp_path: Path) -> None:
    async def play(stage: Stage) -> None:
        await stage.do("unplug the monitor", f.CutLink("noc-gw"))

        def isolated(picture: Picture) -> bool:
            kinds = [incident.fault.element.kind for incident in picture.open_incidents]
            return kinds == [ElementKind.VANTAGE]

        assert await stage.until(isolated, PATIENCE), stage.sights[-1]
        assert stage.daemon.picture is not None
        verdicts = {str(found.verdict) for found in stage.daemon.picture.site_findings.values()}
        assert verdicts == {"unknown", "unserved"}
        (incident,) = stage.daemon.picture.open_incidents
        await is_well(stage, f.HealLink("noc-gw"))
        assert not any(sight.down_sites for sight in stage.sights)
        picture = stage.daemon.picture
        assert {one.id for one in picture.closed_incidents} == {incident.id}
        written = [one for site, spans in picture.ledger.items() for one in outages(site, spans, picture.at)]
        assert not written, "nobody had an outage because of the monitor"

    on_stage(tmp_path, play)


def test_a_waiting_is_given_up_with_words(tmp_path: Path) -> None:
    """What never answers from the start is named in the error."""
    from netmon.errors import CannotError

    async def play(stage: Stage) -> None:
        await stage.do("power", f.PowerOff("w1"))
        assert await stage.until(lambda picture: "bukit" in look(picture).dark_sites, PATIENCE)
        with pytest.raises(CannotError, match=r"1 nodes of the lab were not heard in 0\.2 s, such as w1"):
            await stage.all_heard(0.2)
        assert not await stage.until(lambda _: False, 0.1)

    on_stage(tmp_path, play)
