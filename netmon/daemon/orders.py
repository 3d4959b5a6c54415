"""What people may tell a running daemon, and the event each order becomes; whoever gives it is written down.

Nothing here changes anything by itself: an order becomes an event of the journal like any other.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from netmon.clock import LAST
from netmon.errors import StateError, UsageError
from netmon.events import CauseRevised, LedgerCorrected, MaintenanceEnded, MaintenanceScheduled
from netmon.inventory.flaw import did_you_mean
from netmon.inventory.spelling import parted, remedy
from netmon.model import Cause, Verdict
from netmon.picture.state import Picture, Window

log = logging.getLogger(__name__)

LONGEST_NOTE = 500
Note = Annotated[str, Field(max_length=LONGEST_NOTE)]
Name = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Moment = Annotated[float, Field(ge=0.0, lt=LAST, allow_inf_nan=False)]
Order = CauseRevised | MaintenanceScheduled | MaintenanceEnded | LedgerCorrected


@dataclass(frozen=True, slots=True)
class Revise:
    """Say why an incident was."""

    incident: Name
    cause: Cause
    note: Note = ""
    act: Literal["revise"] = "revise"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Announce work on an element, Unix seconds."""

    window: Name
    element: str
    start: Moment
    end: Moment
    note: Note = ""
    act: Literal["schedule"] = "schedule"


@dataclass(frozen=True, slots=True)
class End:
    """Say that announced work is over, or does not happen."""

    window: Name
    act: Literal["end"] = "end"


@dataclass(frozen=True, slots=True)
class Correct:
    """Say that a site had another verdict in a time that is over, Unix seconds."""

    site: Name
    start: Moment
    end: Moment
    verdict: Verdict
    note: Note = ""
    act: Literal["correct"] = "correct"


_ORDERS: TypeAdapter[Revise | Schedule | End | Correct] = TypeAdapter(
    Annotated[Revise | Schedule | End | Correct, Field(discriminator="act")]
)


def asks_for_windows(order: Mapping[str, Any]) -> bool:
    """Tell whether an order is a question only, for the maintenance there is: whoever has a picture can answer it."""
    return order.get("act") == "windows"


def take_order(
    order: Mapping[str, Any], picture: Picture, write: Callable[[Order], None] | None, *, by: str, at: float
) -> Mapping[str, Any]:
    """Write down what a person orders, and return the answer.

    Args:
        order: what was said.
        picture: the current one.
        write: writes the event into the journal; None while that cannot be done here.
        by: who says it.
        at: when, Unix seconds.

    Raises:
        UsageError: it cannot be understood, or names what there is not.
        StateError: it cannot be written yet; over NATS one may be asked as soon as it is one's turn.
    """
    if asks_for_windows(order):
        return {"windows": [window_row(one, picture.at) for _, one in sorted(picture.windows.items())]}
    if write is None:
        raise StateError("this netmon has only just begun to lead", "try again in a few seconds")
    event = event_of(order, picture, by=by, at=at)
    log.info("told by %s: %s", by, event)
    write(event)
    return {"by": by}


def event_of(order: Mapping[str, Any], picture: Picture, *, by: str, at: float) -> Order:
    """Return the event that an order becomes.

    Raises:
        UsageError: it cannot be understood, or names what there is not.
    """
    try:
        wanted = _ORDERS.validate_python(dict(order))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        raise UsageError(f"{where or 'the order'}: {first['msg']}") from None
    match wanted:
        case Revise():
            if picture.incident(wanted.incident) is None and wanted.incident not in picture.accounts:
                raise UsageError(f"there is no incident {wanted.incident!r}", "`netmon incident` lists them")
            return CauseRevised(at, wanted.incident, wanted.cause, by, wanted.note)
        case Schedule():
            element = _drawn(wanted.element, picture)
            _must_be_a_time(wanted.start, wanted.end)
            return MaintenanceScheduled(at, wanted.window, element, wanted.start, wanted.end, by, wanted.note)
        case End():
            if wanted.window not in picture.windows:
                raise UsageError(f"there is no maintenance {wanted.window!r}", "`netmon maintenance list` shows them")
            return MaintenanceEnded(at, wanted.window, by)
        case Correct():
            if wanted.site not in picture.ledger:
                raise UsageError(f"there is no site {wanted.site!r} in the ledger")
            _must_be_a_time(wanted.start, wanted.end)
            return LedgerCorrected(at, wanted.site, wanted.start, wanted.end, wanted.verdict, by, wanted.note)


def window_row(window: Window, at: float) -> dict[str, Any]:
    """Return a maintenance window as people list it; times are Unix seconds."""
    return {
        "id": window.id,
        "element": window.element,
        "start": window.start,
        "end": window.end,
        "active": window.is_active(at),
        "by": window.by,
        "note": window.note,
    }


def _must_be_a_time(start: float, end: float) -> None:
    if not (math.isfinite(start) and math.isfinite(end) and start < end):
        raise UsageError("the end is not after the start")


def _drawn(element: str, picture: Picture) -> str:
    """Return how an element is spelled that must be in the drawing."""
    inventory = picture.inventory
    drawn: dict[str, Mapping[str, object] | set[str]] = {
        "cable": inventory.cables,
        "link": inventory.links,
        "node": inventory.nodes,
        "site": inventory.sites,
        "power_area": {node.power_area for node in inventory.nodes.values() if node.power_area is not None},
    }
    named = parted(element, drawn)
    if named is None:
        raise UsageError(f"{element!r} is no element", remedy(element, drawn))
    kind, name = named
    if name not in drawn[kind]:
        hint = did_you_mean(name, sorted(drawn[kind]))
        raise UsageError(f"there is no {kind.replace('_', ' ')} {name!r} in the drawing", hint)
    return f"{kind}:{name}"
