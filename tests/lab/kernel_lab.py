"""Labs for tests: in the kernel where that may be had, else skipped (with CI=true failed)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from netmon.errors import PrivilegeError
from netmon.lab.network import Lab, WantedMode, start_lab
from netmon.model import Inventory
from tests.requires import require

BOTH = pytest.mark.parametrize("mode", ["namespaces", "simulated"])
"""Runs a test on the kernel's network and on the simulated one."""

CONVERGENCE = 0.1
"""Seconds that routes take to follow in tests."""


@contextmanager
def playing(inventory: Inventory, mode: WantedMode = "namespaces", convergence: float = CONVERGENCE) -> Iterator[Lab]:
    """Play an inventory while the block lasts."""
    try:
        lab = start_lab(inventory, mode=mode, convergence=convergence)
    except PrivilegeError as error:
        require(False, f"kernel namespaces: {error.message}")  # noqa: FBT003 (it is the condition that failed)
        raise
    with lab:
        yield lab
