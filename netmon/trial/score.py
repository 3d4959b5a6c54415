"""Was it right, and after how long? Pure: what was done, what was said when, and what follows.

A fault counts as named at the first moment at which an open incident names it (as its element, or among the stated
alternatives) while the set of dark sites equals the truth exactly. A repair counts as seen when no open incident
names it any more and the dark sites equal the truth again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from netmon.model import Element, ElementKind, Inventory, Verdict
from netmon.picture.ledger import DARK
from netmon.picture.state import Picture

SLACK = 3.0
"""Seconds in which a page must follow a repair: two probes and a little."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done to the network at `at`: what newly failed, what was healed, and the truth from then on."""

    at: float
    title: str
    broken: frozenset[Element]
    healed: frozenset[Element]
    failed: frozenset[Element]
    dark_sites: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sight:
    """What netmon said at one moment: per open incident the elements it names, and the verdicts that accuse."""

    at: float
    named: tuple[frozenset[Element], ...]
    dark_sites: frozenset[str]
    down_sites: frozenset[str]
    paged_sites: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """How netmon fared with one deed. `seconds` from deed to conclusion; None: not before the next deed.

    `first_dark` is the time until a first dark site was seen, None when the deed darkens nothing new.
    """

    deed: Deed
    seconds: float | None
    first_dark: float | None
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The whole trial. `wrongly_down` are sites reported `down` that no failed element touches."""

    answers: tuple[Answer, ...]
    wrongly_down: frozenset[str]
    wrongly_paged: frozenset[str]

    @property
    def faults(self) -> tuple[Answer, ...]:
        """The answers about deeds that broke something."""
        return tuple(answer for answer in self.answers if answer.deed.broken)

    @property
    def median_seconds(self) -> float | None:
        """The median time from a fault to its name, over the faults that were named."""
        times = [answer.seconds for answer in self.faults if answer.seconds is not None]
        return median(times) if times else None

    def is_good(self, limit: float) -> bool:
        """Tell whether every fault was named, in `limit` seconds, every repair seen, nobody wrongly accused."""
        seen = all(answer.seconds is not None for answer in self.answers)
        in_time = all(answer.seconds <= limit for answer in self.faults if answer.seconds is not None)
        return seen and in_time and not self.wrongly_down and not self.wrongly_paged


def look(picture: Picture) -> Sight:
    """Return what a picture says."""
    verdicts = {site: found.verdict for site, found in picture.site_findings.items()}
    return Sight(
        at=picture.at,
        named=tuple(
            frozenset({incident.fault.element, *incident.fault.alternatives}) for incident in picture.open_incidents
        ),
        dark_sites=frozenset(site for site, verdict in verdicts.items() if verdict in DARK),
        down_sites=frozenset(site for site, verdict in verdicts.items() if verdict is Verdict.DOWN),
        paged_sites=frozenset(
            site for incident in picture.open_incidents if incident.announced for site in incident.fault.sites
        ),
    )


def score(
    inventory: Inventory, deeds: Sequence[Deed], sights: Sequence[Sight], until: float, slack: float = SLACK
) -> Score:
    """Hold everything said against everything done.

    Args:
        inventory: the drawing the trial was played on.
        deeds: what was done, in order of time.
        sights: what was said, in order of time, when it changed; the first should come before the first deed.
        until: the end of the trial; what was said last stood until then.
        slack: seconds for which a page may still stand after its sites came back.
    """
    answers = []
    wrongly_down: set[str] = set()
    wrongly_paged: set[str] = set()
    for index, deed in enumerate(deeds):
        end = deeds[index + 1].at if index + 1 < len(deeds) else until
        window = _window(sights, deed.at, end)
        answers.append(_answer(deed, deeds[index - 1] if index else None, window))
        before = deeds[index - 1].failed if index else frozenset()
        allowed = touched(inventory, deed.failed | before)
        for number, sight in enumerate(window):
            wrongly_down |= sight.down_sites - allowed
            stood_until = window[number + 1].at if number + 1 < len(window) else end
            if stood_until > deed.at + slack:
                wrongly_paged |= sight.paged_sites - deed.dark_sites
    return Score(tuple(answers), frozenset(wrongly_down), frozenset(wrongly_paged))


def _window(sights: Sequence[Sight], start: float, end: float) -> list[Sight]:
    """Return what was said from `start` until before `end`, beginning with what still stood at the start."""
    before = [sight for sight in sights if sight.at < start][-1:]
    return [*(replace(sight, at=start) for sight in before), *(one for one in sights if start <= one.at < end)]


def _answer(deed: Deed, before: Deed | None, window: Iterable[Sight]) -> Answer:
    concluded = first_dark = None
    said: tuple[str, ...] = ()
    newly_dark = deed.dark_sites - (before.dark_sites if before else frozenset())
    for sight in window:
        if first_dark is None and newly_dark & sight.dark_sites:
            first_dark = sight.at - deed.at
        said = tuple(" or ".join(sorted(map(str, names))) for names in sight.named)
        if concluded is None and is_right(deed, sight):
            concluded = sight.at - deed.at
    return Answer(deed, concluded, first_dark, said)


def is_right(deed: Deed, sight: Sight) -> bool:
    """Tell whether what was said is what a deed should have led to."""
    named = all(any(element in names for names in sight.named) for element in deed.broken)
    gone = not any(element in names for names in sight.named for element in deed.healed)
    return named and gone and sight.dark_sites == deed.dark_sites


def touched(inventory: Inventory, elements: Iterable[Element]) -> frozenset[str]:
    """Return the sites whose own equipment or own line an element is."""
    sites: set[str] = set()
    for element in elements:
        match element.kind:
            case ElementKind.NODE | ElementKind.VANTAGE:
                sites.add(inventory.nodes[element.id].site)
            case ElementKind.LINK:
                sites |= _ends(inventory, element.id)
            case ElementKind.CABLE:
                for link in inventory.links.values():
                    if element.id in link.cables:
                        sites |= _ends(inventory, link.id)
            case ElementKind.POWER_AREA:
                sites |= {node.site for node in inventory.nodes.values() if node.power_area == element.id}
    return frozenset(sites)


def _ends(inventory: Inventory, link_id: str) -> set[str]:
    link = inventory.links[link_id]
    return {inventory.nodes[end.node].site for end in (link.a, link.b) if end.node in inventory.nodes}
