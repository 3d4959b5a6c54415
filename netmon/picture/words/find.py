"""Find a site as people name it: by its id, or by its name however it is written."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from netmon.errors import UsageError
from netmon.model import Inventory, Site

NAMED = 4
"""Suggestions that an error gives at most."""


def find_site(text: str, inventory: Inventory) -> Site:
    """Return the site whose id or name this is.

    Raises:
        UsageError: there is none, or several have the name; the hint says which are meant.
    """
    sites: Mapping[str, Site] = inventory.sites
    if text in sites:
        return sites[text]
    wanted = text.casefold()
    named = [site for _, site in sorted(sites.items()) if site.name.casefold() == wanted]
    if len(named) == 1:
        return named[0]
    if named:
        listed = ", ".join(f"{site.id} ({_where(site, inventory)})" for site in named)
        raise UsageError(f"{len(named)} sites are called {text!r}", f"give the id: {listed}")
    near = get_close_matches(wanted, {site.name.casefold() for site in sites.values()} | set(sites), NAMED)
    meant = [site for _, site in sorted(sites.items()) if site.id in near or site.name.casefold() in near]
    listed = ", ".join(f"{site.name} ({site.id})" for site in meant[:NAMED])
    raise UsageError(
        f"there is no site {text!r}", f"did you mean {listed}?" if listed else "see `netmon status --all`"
    )


def _where(site: Site, inventory: Inventory) -> str:
    district = inventory.sites.get(site.district or "")
    return f"{site.kind}, {district.name}" if district else str(site.kind)
