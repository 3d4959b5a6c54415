"""The words of `netmon lab cut` and `heal`: `cable:ID`, `link:ID`, `node:ID`, `power_area:ID`, `service:ID`. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from netmon.errors import UsageError
from netmon.inventory.spelling import CAN_FAIL, parted, remedy
from netmon.lab.story import faults as f

KINDS = (*CAN_FAIL, "service")


@dataclass(frozen=True, slots=True)
class Manner:
    """How to break something, where there is more than one way.

    `management` lets a node forward but not answer; `loss` (a ratio) from the end `sender` and `decibel` weaken a
    link instead of cutting it; `how` is the way a service fails.
    """

    management: bool = False
    loss: float | None = None
    sender: str | None = None
    decibel: float | None = None
    how: f.Failure = "stopped"


def fault_of(word: str, manner: Manner) -> f.LabFault:
    """Return what `cut WORD` means.

    Raises:
        UsageError: the word is not KIND:ID, or the manner does not go with it.
    """
    kind, name = _split(word)
    if manner.management and kind != "node":
        raise UsageError("--management is for nodes", "write node:ID")
    if (manner.loss is not None or manner.decibel is not None) and kind != "link":
        raise UsageError("--loss and --attenuate are for links", "write link:ID")
    match kind:
        case "link" if manner.loss is not None:
            if manner.sender is None:
                raise UsageError("--loss needs the end that sends", "add --from NODE")
            return f.LoseOneWay(name, manner.sender, manner.loss)
        case "link" if manner.decibel is not None:
            return f.Attenuate(name, manner.decibel)
        case "link":
            return f.CutLink(name)
        case "cable":
            return f.CutCable(name)
        case "node":
            return f.MuteManagement(name) if manner.management else f.PowerOff(name)
        case "power_area":
            return f.PowerOffArea(name)
        case _:
            return f.FailService(name, manner.how)


def repairs_of(word: str) -> tuple[f.LabFault, ...]:
    """Return what `heal WORD` means.

    Raises:
        UsageError: the word is not KIND:ID.
    """
    kind, name = _split(word)
    match kind:
        case "link":
            return (f.HealLink(name),)
        case "cable":
            return (f.HealCable(name),)
        case "node":
            return (f.PowerOn(name), f.UnmuteManagement(name))
        case "power_area":
            return (f.PowerOnArea(name),)
        case _:
            return (f.RestoreService(name),)


def word_of(fault: f.LabFault) -> str:
    """Return the word for what a fault hits."""
    match fault:
        case f.CutLink(link) | f.HealLink(link) | f.LoseOneWay(link, _, _) | f.Attenuate(link, _):
            return f"link:{link}"
        case f.CutCable(cable) | f.HealCable(cable):
            return f"cable:{cable}"
        case f.PowerOffArea(area) | f.PowerOnArea(area):
            return f"power_area:{area}"
        case f.FailService(service, _) | f.RestoreService(service):
            return f"service:{service}"
        case _:
            return f"node:{fault.node}"


def describe(fault: f.LabFault) -> str:
    """Return what a fault does, in a few words."""
    match fault:
        case f.LoseOneWay(_, from_node, ratio):
            return f"loses {ratio:.0%} of what {from_node} sends"
        case f.Attenuate(_, decibel):
            return f"attenuated by {decibel:g} dB"
        case f.MuteManagement():
            return "forwards but does not answer"
        case f.PowerOff() | f.PowerOffArea():
            return "without power"
        case f.FailService(_, how):
            return f"fails: {how}"
        case _:
            return "cut"


def _split(word: str) -> tuple[str, str]:
    named = parted(word, KINDS)
    if named is None:
        raise UsageError(f"{word!r} does not name an element", remedy(word, KINDS))
    return named
