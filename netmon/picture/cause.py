"""Why an element failed: rules over evidence, and `unknown` where none of them applies. The only place that decides.

A router that lost its power and one whose fibre was cut look alike from afar: both are silent, and the port towards
them is dark. So silence alone never has a cause. What settles it is a last word (a dying gasp, a battery, an alarm
of a head end), lines that several independent eyes see, or afterwards the uptime: what did not restart had power all
the time. Windows and shares are those that operators of passive networks use: see docs/causes.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from netmon.model import Cause, Diagnosis, Element, ElementKind, Evidence, EvidenceKind, Fault, LinkKind, Verdict
from netmon.picture.signs import Sight, heads, kinds_of_lines, signs
from netmon.picture.words.reasons import listed, reason

HOLD = 4.0
"""Seconds to wait for a dying gasp after a loss of light: alarms of one moment arrive out of order."""
BEFORE = 90.0
"""Seconds by which a last word may come before the first miss."""
SAG_BEFORE = 600.0
"""The same for a sagging supply, which is polled, and drains a battery first."""
AFTER = 10.0
"""Seconds by which it may come after: traps are late, and probing starts each second only."""
LATE = 120.0
"""The same for a head end's loss of light, which may be read in the next poll."""
AT_ONCE = 60.0
"""A device that starts within this time of falling silent may have rebooted by itself."""
START_MARGIN = 30.0
"""Seconds by which a start may seem to be before the silence: reboots take a moment, and clocks drift."""

_GASPS = frozenset({EvidenceKind.DYING_GASP, EvidenceKind.POWER_FAILING})
_LINES = frozenset({ElementKind.LINK, ElementKind.CABLE})
_LEASED = frozenset({LinkKind.LEASED, LinkKind.VIRTUAL})


@dataclass(frozen=True, slots=True)
class Case:
    """One fault before the judge. `heads` are the dark nodes nearest to it, `since` its first miss.

    `now` is the time; `until` when it was over, if it is.
    """

    element: Element
    alternatives: tuple[Element, ...]
    kinds: frozenset[LinkKind]
    heads: tuple[str, ...]
    signs: tuple[Evidence, ...]
    since: float
    now: float
    until: float | None = None

    def of(self, *kinds: EvidenceKind) -> list[Evidence]:
        """Return the evidence of these kinds."""
        return [one for one in self.signs if one.kind in kinds]

    @property
    def may_be_node(self) -> bool:
        """True when a node, or its power, would explain the same."""
        return any(one.kind not in _LINES for one in (self.element, *self.alternatives))

    @property
    def lines(self) -> tuple[Element, ...]:
        """The stated lines, the first one foremost."""
        return tuple(one for one in (self.element, *self.alternatives) if one.kind in _LINES)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A cause with its reasons. `element` is what remains of several alternatives; `due` when to judge again."""

    cause: Cause
    reasons: tuple[str, ...] = ()
    element: Element | None = None
    due: float | None = None


def judge(case: Case) -> Judgement:
    """Return the cause by the first rule that applies; `unknown` with what was seen when none does."""
    for rule in RULES:
        found = rule(case)
        if found is not None:
            return found
    return Judgement(Cause.UNKNOWN)


def case_of(sight: Sight, fault: Fault, *, since: float = 0.0, now: float = float("inf")) -> Case:
    """Return the case of a fault on what is seen now; without times, of one moment."""
    stated = (fault.element, *fault.alternatives)
    nearest = heads(sight.graph, stated, fault.nodes)
    return Case(
        element=fault.element,
        alternatives=fault.alternatives,
        kinds=kinds_of_lines(sight.graph, sight.inventory, stated),
        heads=nearest,
        signs=signs(sight, fault, nearest, since),
        since=since,
        now=now,
    )


def with_causes(diagnosis: Diagnosis, sight: Sight) -> Diagnosis:
    """Return a diagnosis of one moment, each fault with its cause and the reasons for it."""
    forwarders = {
        name for name, found in diagnosis.nodes.items() if found.verdict is Verdict.DEGRADED and found.fault
    }
    whole = replace(sight, forwarders=forwarders)
    faults = []
    for fault in diagnosis.faults:
        said = judge(case_of(whole, fault))
        faults.append(replace(fault, cause=said.cause, evidence=(*fault.evidence, *said.reasons)))
    return replace(diagnosis, faults=tuple(faults))


# ---------------------------------------------------------------------------------------------------------
# Rules, in the order of their weight
# ---------------------------------------------------------------------------------------------------------


def _area(case: Case) -> Judgement | None:
    """Let a power area that is dark as a whole be without power."""
    if case.element.kind is not ElementKind.POWER_AREA or case.alternatives:
        return None
    return Judgement(Cause.POWER, (reason("area-dark", area=case.element.id),))


def _forwards(case: Case) -> Judgement | None:
    """Blame the device that carries traffic but does not answer."""
    if not case.of(EvidenceKind.FORWARDS):
        return None
    return Judgement(Cause.DEVICE, (reason("forwards", node=case.element.id),))


def _contradiction(case: Case) -> Judgement | None:
    """Say nothing when evidence says both: a node whose power failed has neither light nor an old uptime."""
    gasped = {one.node for one in _last_words(case)}
    restarted, kept = _starts(case)
    if gasped and (gasped.intersection(kept) or (len(case.heads) == 1 and _stayed_lit(case))):
        why = "but-ran-on" if gasped.intersection(kept) else "but-lit"
        return Judgement(Cause.UNKNOWN, (*_gasp_reasons(case), reason(why, nodes=listed(gasped))))
    if restarted and kept:
        return Judgement(Cause.UNKNOWN, (reason("both", restarted=listed(restarted), kept=listed(kept)),))
    return None


def _last_word(case: Case) -> Judgement | None:
    """Take a dying gasp, a sagging supply or a battery at half of the heads for lost power, with or without LOS."""
    gasped = {one.node for one in _last_words(case)}
    if not gasped:
        return None
    if 2 * len(gasped) < len(case.heads):
        said = reason("few", count=str(len(gasped)), all=str(len(case.heads)))
        return Judgement(Cause.UNKNOWN, (*_gasp_reasons(case), said))
    node = next((one for one in (case.element, *case.alternatives) if one.id in gasped), None)
    return Judgement(Cause.POWER, _gasp_reasons(case), node if len(gasped) == 1 else None)


def _light_but_silence(case: Case) -> Judgement | None:
    """Blame the device whose line stayed lit while it was silent: it had power, and its line was whole."""
    lit = _stayed_lit(case)
    if not lit:
        return None
    where = ", ".join(sorted({f"{one.node}:{one.detail}" for one in lit}))
    restarted, _ = _starts(case)
    more = (reason("restarted-there", nodes=listed(restarted)),) if restarted else ()
    return Judgement(Cause.DEVICE, (reason("still-lit", ports=where), *more))


def _uptime(case: Case) -> Judgement | None:
    """Judge afterwards by the uptime: what ran on had power, what restarted had none, or rebooted."""
    restarted, kept = _starts(case)
    if kept and case.lines:
        said = reason("path", nodes=listed(kept))
        narrowed = case.lines[0] if case.may_be_node and len(case.lines) == 1 else None
        if case.kinds == {LinkKind.FIBRE}:
            return Judgement(Cause.FIBRE, (said,), narrowed)
        return Judgement(Cause.UPSTREAM if case.kinds <= _LEASED else Cause.UNKNOWN, (said,), narrowed)
    if kept:
        return Judgement(Cause.UNKNOWN, (reason("ran-on", nodes=listed(kept)),))
    if not restarted or not case.may_be_node:
        return None
    off = min(restarted.values()) - case.since
    if len(restarted) == 1 and off < AT_ONCE:
        said = reason("blink", nodes=listed(restarted), seconds=f"{max(off, 0.0):.0f}")
        return Judgement(Cause.UNKNOWN, (said,))
    if len(restarted) == 1:
        said = reason("off", nodes=listed(restarted), seconds=f"{off:.0f}")
    else:
        said = reason("all-off", nodes=listed(restarted))
    node = next((one for one in (case.element, *case.alternatives) if one.id in restarted), None)
    return Judgement(Cause.POWER, (said,), node if len(case.heads) == 1 else None)


def _loss_of_light(case: Case) -> Judgement | None:
    """Take a head end's loss of light without a dying gasp for fibre, once gasps had time to arrive."""
    lost = {
        one.node: one
        for one in case.of(EvidenceKind.LIGHT_LOST_AT_NODE)
        if one.node in case.heads and case.since - BEFORE <= one.at <= case.since + LATE
    }
    if not lost or 2 * len(lost) < len(case.heads):
        return None
    due = max(case.since, *(one.at for one in lost.values())) + HOLD
    if case.now < due:
        return Judgement(Cause.UNKNOWN, (reason("light-lost-so-far", nodes=listed(lost)),), due=due)
    narrowed = case.lines[0] if case.may_be_node and len(case.lines) == 1 else None
    return Judgement(Cause.FIBRE, (reason("light-lost", nodes=listed(lost)),), narrowed)


def _lost_line(case: Case) -> Judgement | None:
    """Judge a line that no node could be to blame for: dark fibre, several lines of one cable, a supplier's line."""
    if case.may_be_node:
        return None
    if LinkKind.FIBRE not in case.kinds:
        if case.kinds and case.kinds <= _LEASED:
            return Judgement(Cause.UPSTREAM, (reason("supplier"),))
        return None
    unlit = case.of(EvidenceKind.LIGHT_LOST)
    if unlit:
        ports = sorted({f"{one.node}:{one.detail}" for one in unlit})
        return Judgement(Cause.FIBRE, (reason("unlit", ports=", ".join(ports)),))
    if case.element.kind is ElementKind.CABLE and not case.alternatives:
        return Judgement(Cause.FIBRE, (reason("cable", cable=case.element.id),))
    return None


RULES: tuple[Callable[[Case], Judgement | None], ...] = (
    _area, _forwards, _contradiction, _last_word, _light_but_silence, _uptime, _loss_of_light, _lost_line,
)  # fmt: skip


# ---------------------------------------------------------------------------------------------------------
# What rules ask
# ---------------------------------------------------------------------------------------------------------


def _last_words(case: Case) -> list[Evidence]:
    """Return the evidence that a head lost its power when it fell silent."""
    found = []
    for one in case.of(*_GASPS, EvidenceKind.ON_BATTERY):
        if one.node not in case.heads or one.at > case.since + AFTER:
            continue
        if one.kind is EvidenceKind.ON_BATTERY:
            back = [other for other in case.of(EvidenceKind.MAINS_BACK) if other.node == one.node]
            if not any(one.at < other.at <= case.since for other in back):
                found.append(one)
        elif one.at >= case.since - (BEFORE if one.kind is EvidenceKind.DYING_GASP else SAG_BEFORE):
            found.append(one)
    return found


def _gasp_reasons(case: Case) -> tuple[str, ...]:
    words = {
        EvidenceKind.DYING_GASP: "gasp",
        EvidenceKind.POWER_FAILING: "sag",
        EvidenceKind.ON_BATTERY: "battery",
    }
    said = []
    for kind, key in words.items():
        found = sorted({one.node: one for one in _last_words(case) if one.kind is kind}.items())
        if found:
            detail = found[0][1].detail if len(found) == 1 else ""
            said.append(reason(key, nodes=listed(dict(found)), detail=detail))
    return tuple(said)


def _stayed_lit(case: Case) -> list[Evidence]:
    """Return the words of ports that were never lost; behind one that came back, a device may be booting."""
    was_lost = {(one.node, one.detail): one.kind for one in case.of(EvidenceKind.LINE_DOWN, EvidenceKind.LIGHT_LOST)}
    found = []
    for one in case.of(EvidenceKind.LINE_UP, EvidenceKind.LIGHT_SEEN):
        lost = was_lost.get((one.node, one.detail))
        is_light_on_dead_line = one.kind is EvidenceKind.LIGHT_SEEN and lost is EvidenceKind.LINE_DOWN
        if lost is None or (is_light_on_dead_line and not _line_up(case, one)):
            found.append(one)
    return found


def _line_up(case: Case, at: Evidence) -> bool:
    return any((one.node, one.detail) == (at.node, at.detail) for one in case.of(EvidenceKind.LINE_UP))


def _starts(case: Case) -> tuple[dict[str, float], dict[str, float]]:
    """Return the heads that restarted in the outage with the times of their starts, and those that ran on."""
    restarted: dict[str, float] = {}
    kept: dict[str, float] = {}
    for one in case.of(EvidenceKind.RUNNING_SINCE):
        if one.node not in case.heads or one.value is None or one.at <= case.since:
            continue
        if case.until is not None and one.value > case.until:
            continue  # that start belongs to a later outage
        (restarted if one.value >= case.since - START_MARGIN else kept)[one.node] = one.value
    return restarted, kept
