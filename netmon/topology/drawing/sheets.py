"""Every form a drawing of the network can have: a map, a schematic, or a graph for other programs."""

from __future__ import annotations

from typing import Literal, get_args

from netmon.model import Inventory
from netmon.topology.drawing.ground import Moment
from netmon.topology.drawing.layout import Layout
from netmon.topology.drawing.style import Theme
from netmon.topology.drawing.words import Language

Form = Literal["map", "schematic"]
Format = Literal["svg", "dot", "graphml", "geojson"]
FORMS: tuple[Form, ...] = get_args(Form)
FORMATS: tuple[Format, ...] = get_args(Format)
THEMES: tuple[Theme, ...] = get_args(Theme)


def drawn(
    inventory: Inventory,
    moment: Moment | None,
    *,
    form: Form = "map",
    format_: Format = "svg",
    theme: Theme = "auto",
    layout: Layout | None = None,
    language: Language = "en",
) -> str:
    """Return the drawing as text: as it stands, or of a moment. `layout` is of this inventory, if it was made before.

    `form`, `theme` and `language` are those of an SVG; a graph for other programs has none of them.
    """
    if format_ != "svg":
        from netmon.topology.drawing import exchange  # noqa: PLC0415 (loads networkx)

        written = {"dot": exchange.dot, "graphml": exchange.graphml, "geojson": exchange.geojson_text}
        return written[format_](inventory, moment)
    if form == "schematic":
        from netmon.topology.drawing.schematic import schematic_svg  # noqa: PLC0415 (who wants a map need not)

        return schematic_svg(inventory, moment, theme=theme, language=language)
    from netmon.topology.drawing.county_map import MapWords, drawing_svg, map_svg  # noqa: PLC0415 (as above)
    from netmon.topology.drawing.structure import Structure  # noqa: PLC0415
    from netmon.topology.drawing.words import Speech  # noqa: PLC0415

    if moment is None:
        return drawing_svg(inventory, theme=theme, layout=layout, language=language)
    shape = Structure(frozenset(moment.bridges), Structure.of(inventory).islands)
    return map_svg(
        inventory,
        moment.findings,
        moment.links,
        faults=moment.faults,
        theme=theme,
        structure=shape,
        layout=layout,
        words=MapWords(Speech(language)),
    )
