"""Optical power of the lab's fibre links: what a port sends, what the other end receives, when it goes dark.

Pure. Levels follow ordinary gigabit modules: short links have 1000BASE-LX, long ones 1000BASE-ZX (module data
sheets: LX −11…−3 dBm out, sensitive to −19; ZX 0…+5 dBm out, sensitive to −23).
"""

from __future__ import annotations

from typing import NamedTuple

from netmon.model import Link, LinkKind

NO_LIGHT_DBM = -40.0
"""What modules report when nothing arrives: the floor of SFF-8472."""

_CONNECTORS_DB = 1.0
_ASSUMED_LENGTH_KM = 2.0


class Module(NamedTuple):
    """A pluggable optic: what it sends, the weakest light it understands, and what fibre loses at its wavelength."""

    wavelength_nm: float
    transmit_dbm: float
    sensitivity_dbm: float
    loss_db_per_km: float


_SHORT = Module(1310.0, -6.0, -19.0, 0.35)
_LONG = Module(1550.0, 2.0, -23.0, 0.22)
_SHORT_REACH_KM = 20.0


def module_for(link: Link) -> Module | None:
    """Return the optic at both ends of a link, or None when the link is not fibre."""
    if link.kind is not LinkKind.FIBRE:
        return None
    return _SHORT if _length(link) <= _SHORT_REACH_KM else _LONG


def received_dbm(link: Link, attenuation_db: float = 0.0) -> float | None:
    """Return the power that reaches either end of an uncut link in dBm; None when the link is not fibre."""
    module = module_for(link)
    if module is None:
        return None
    lost = _CONNECTORS_DB + module.loss_db_per_km * _length(link) + attenuation_db
    return max(NO_LIGHT_DBM, module.transmit_dbm - lost)


def is_lit(link: Link, attenuation_db: float) -> bool:
    """Return whether enough light arrives for the link to work; links without attenuation always do."""
    module = module_for(link)
    received = received_dbm(link, attenuation_db)
    return attenuation_db == 0 or module is None or received is None or received >= module.sensitivity_dbm


def _length(link: Link) -> float:
    return _ASSUMED_LENGTH_KM if link.length_km is None else link.length_km
