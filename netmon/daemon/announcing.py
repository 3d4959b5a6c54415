"""What the log says when the fold wants people to be told of an incident, or of a fault of services."""

from __future__ import annotations

import logging

from netmon.events import Announce
from netmon.picture.state import Picture
from netmon.picture.words.facts import say
from netmon.picture.words.faults import describe
from netmon.picture.words.phrases import Language
from netmon.picture.words.services import fault_fact

log = logging.getLogger(__name__)


def tell(effect: Announce, picture: Picture | None) -> None:
    """Log what opened, changed or closed; of what the picture does not hold any more there is nothing to say."""
    if picture is None:
        return
    for fault in (*picture.service_faults, *picture.past_service_faults):
        if fault.id == effect.incident:
            said = say(fault_fact(fault, picture), picture.inventory, Language.ENGLISH, picture.at)
            log.warning("services: %s %s: %s", fault.id, effect.change, said)
    incident = picture.incident(effect.incident)
    if incident:
        said = describe(incident, picture.inventory, picture.at)
        log.warning("incident %s %s: %s", incident.id, effect.change, said)
