"""A plan that is asked for over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netmon.exporter.api.documents import Document
from netmon.exporter.plan_process import plan_here
from netmon.model import Inventory


async def planned_here(drawing: Inventory, terms: Mapping[str, Any]) -> Document:
    """Return a plan without another process, which would take longer than it."""
    return plan_here(drawing, terms)
