"""Small counties to be planned for."""

from __future__ import annotations

from netmon.model import Inventory
from netmon.topology.planning.augmented import Exposure, entrances
from netmon.topology.planning.darkness import Darkness

HOME = {"centre": "noc gw"}


def scenes(drawn: Inventory) -> tuple[Darkness, list[tuple[dict[str, int], dict[int, str]]]]:
    """Return the darkness of a drawing, and each failure: where sites lie under it, and who speaks from a patch."""
    dark = Darkness.of(Exposure.of(drawn), entrances(drawn))
    names = [site.removeprefix("site-") for site in dark.sites]
    told = [
        (
            {names[site]: places[failure] for site, places in enumerate(dark.at) if failure in places},
            {
                place: " ".join(names[site] for site in members)
                for (one, place), members in dark.members.items()
                if one == failure
            },
        )
        for failure in range(dark.failures)
    ]
    return dark, sorted(told, key=lambda one: sorted(one[0].items()))
