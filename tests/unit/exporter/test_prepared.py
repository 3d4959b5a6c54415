"""The layout of a new drawing is made before anybody asks, once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from netmon.exporter.page.county import CountyMap
from netmon.exporter.page.prepared import Prepared
from netmon.exporter.workshop import Workshop
from tests.unit.exporter.county import calm, cut, inventory


def test_a_new_drawing_is_laid_out_once_before_anybody_asks() -> None:
    async def scene() -> None:
        county_map, drawing = CountyMap(), inventory()
        prepared = Prepared(county_map, Workshop())
        before, after = calm(drawing), cut(drawing)
        prepared.watch(before, before)
        first = prepared.working
        assert first is not None
        await first
        layout = county_map.layout(drawing)
        prepared.watch(before, after)
        assert prepared.working is first, "the drawing is the same"
        other = replace(drawing, region="other")
        prepared.watch(after, replace(after, inventory=other))
        assert prepared.working is not None
        assert prepared.working is not first
        await prepared.working
        assert county_map.layout(other) is not layout

    asyncio.run(scene())
