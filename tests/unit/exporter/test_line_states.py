"""The states of links that are kept are those of the picture, whatever came before it."""

from __future__ import annotations

from dataclasses import replace

from netmon.exporter.line_states import LineStates
from netmon.model import PortId
from netmon.picture.lines import link_states
from tests.unit.exporter.county import calm, cut, inventory


def test_what_is_kept_is_what_would_be_worked_out() -> None:
    drawing = inventory()
    quiet, dark = calm(drawing), cut(drawing)
    end = next(end for link in drawing.links.values() for end in (link.a, link.b) if end.port is not None)
    ports = {**quiet.ports, PortId(end.node, str(end.port)): False}
    lines = LineStates()
    for picture in (
        quiet,
        dark,
        replace(dark, open_incidents=()),
        quiet,
        replace(quiet, at=quiet.at + 5, coverage={}),
        replace(quiet, ports=ports),
        replace(quiet, ports={**ports}, node_findings={}),
        calm(inventory()),
    ):
        assert lines.of(picture) == link_states(picture)


def test_a_picture_that_differs_in_nothing_that_matters_costs_nothing() -> None:
    lines, picture = LineStates(), calm()
    first = lines.of(picture)
    assert lines.of(replace(picture, at=picture.at + 5, ports=dict(picture.ports))) is first
