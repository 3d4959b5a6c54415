"""What can be done to the lab's network: faults and their repairs, as frozen values that travel as JSON."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from netmon.errors import UsageError
from netmon.model import Inventory

Failure = Literal["stopped", "error-500", "wrong-page", "silent"]
"""How a website fails: no connection, status 500, status 200 with other content, or no answer at all."""


@dataclass(frozen=True, slots=True)
class CutLink:
    """Break one link: both ends lose carrier and light."""

    link: str
    kind: Literal["cut-link"] = "cut-link"


@dataclass(frozen=True, slots=True)
class HealLink:
    """Mend what was done to one link itself: a cut, losses, attenuation."""

    link: str
    kind: Literal["heal-link"] = "heal-link"


@dataclass(frozen=True, slots=True)
class CutCable:
    """Break a cable: every link in it goes at once."""

    cable: str
    kind: Literal["cut-cable"] = "cut-cable"


@dataclass(frozen=True, slots=True)
class HealCable:
    """Splice a cable."""

    cable: str
    kind: Literal["heal-cable"] = "heal-cable"


@dataclass(frozen=True, slots=True)
class PowerOff:
    """Take the power of one node: all its links lose carrier at both ends."""

    node: str
    kind: Literal["power-off"] = "power-off"


@dataclass(frozen=True, slots=True)
class PowerOn:
    """Give a node its power back; it boots, so its uptime and counters start anew."""

    node: str
    kind: Literal["power-on"] = "power-on"


@dataclass(frozen=True, slots=True)
class PowerOffArea:
    """Take the mains of a whole power area."""

    area: str
    kind: Literal["power-off-area"] = "power-off-area"


@dataclass(frozen=True, slots=True)
class PowerOnArea:
    """Give a power area its mains back."""

    area: str
    kind: Literal["power-on-area"] = "power-on-area"


@dataclass(frozen=True, slots=True)
class MuteManagement:
    """Let a node forward packets but answer neither ping nor SNMP."""

    node: str
    kind: Literal["mute"] = "mute"


@dataclass(frozen=True, slots=True)
class UnmuteManagement:
    """Let a node answer again."""

    node: str
    kind: Literal["unmute"] = "unmute"


@dataclass(frozen=True, slots=True)
class LoseOneWay:
    """Drop `ratio` (0 to 1) of the packets that `from_node` sends over a link; 0 ends it.

    The ports stay up. At 1 the routing protocol hears nothing any more and routes around the link.
    """

    link: str
    from_node: str
    ratio: float
    kind: Literal["lose"] = "lose"


@dataclass(frozen=True, slots=True)
class Attenuate:
    """Weaken the light of a fibre link by `decibel`, both ways; 0 ends it. Too little light is no carrier."""

    link: str
    decibel: float
    kind: Literal["attenuate"] = "attenuate"


@dataclass(frozen=True, slots=True)
class FailService:
    """Make a website fail."""

    service: str
    how: Failure = "stopped"
    kind: Literal["fail-service"] = "fail-service"


@dataclass(frozen=True, slots=True)
class RestoreService:
    """Let a website work again."""

    service: str
    kind: Literal["restore-service"] = "restore-service"


LabFault = (
    CutLink
    | HealLink
    | CutCable
    | HealCable
    | PowerOff
    | PowerOn
    | PowerOffArea
    | PowerOnArea
    | MuteManagement
    | UnmuteManagement
    | LoseOneWay
    | Attenuate
    | FailService
    | RestoreService
)


def power_areas(inventory: Inventory) -> frozenset[str]:
    """Return the power areas that the nodes of the inventory name."""
    return frozenset(node.power_area for node in inventory.nodes.values() if node.power_area is not None)


def check_fault(inventory: Inventory, fault: LabFault) -> None:
    """Check that everything the fault names is in the inventory.

    Raises:
        UsageError: an id is unknown, or a number is out of range; the hint names what was probably meant.
    """
    match fault:
        case CutLink() | HealLink() | LoseOneWay() | Attenuate():
            _known("link", fault.link, inventory.links)
        case CutCable() | HealCable():
            _known("cable", fault.cable, inventory.cables)
        case PowerOff() | PowerOn() | MuteManagement() | UnmuteManagement():
            _known("node", fault.node, inventory.nodes)
        case PowerOffArea() | PowerOnArea():
            _known("power area", fault.area, dict.fromkeys(power_areas(inventory)))
        case FailService() | RestoreService():
            _known("service", fault.service, inventory.services)
    if isinstance(fault, LoseOneWay):
        link = inventory.links[fault.link]
        if fault.from_node not in (link.a.node, link.b.node):
            raise UsageError(
                f"{fault.from_node} is not an end of link {fault.link}", f"choose {link.a.node} or {link.b.node}"
            )
        if not 0 <= fault.ratio <= 1:
            raise UsageError(f"{fault.ratio} is not a loss ratio", "give a number from 0 to 1")
    if isinstance(fault, Attenuate) and not 0 <= fault.decibel < float("inf"):
        raise UsageError(f"{fault.decibel} is not an attenuation", "give 0 dB or more")


def _known(what: str, name: str, names: Mapping[str, object]) -> None:
    if name in names:
        return
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"the inventory has {len(names)} of them"
    raise UsageError(f"no {what} is called {name!r}", hint)
