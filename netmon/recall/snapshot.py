"""A picture as the content of a checkpoint, and back. Written by its types alone: a new field needs no code here.

Two things are written by reference. The inventory is in the journal already, under its digest; a graph is the drawing
of it, less some links, and is drawn again from those.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from netmon.errors import StateError
from netmon.journal.checkpoint import Checkpoint
from netmon.journal.structure import Codec, Layout, Shape, StructureError
from netmon.model import Inventory
from netmon.picture.state import Picture
from netmon.topology.graph import Graph

WRITTEN = 1
"""Version of what is around a picture in a checkpoint; what is in it is told by its layout."""
PIECE = 500
"""Members of a long list or object that are written at once; each is as long as one node's or one site's."""
LITTLE = 5_000
"""Values, at all depths, up to which what holds them is written at once."""


class UnusableError(StateError):
    """A checkpoint cannot be used; the entries it stands for must be folded instead."""


@cache
def fingerprint() -> str:
    """Return what names the structure of a picture in this netmon."""
    return f"{WRITTEN}:{Shape(Picture, _by_reference(None)).fingerprint}"


def freeze(picture: Picture) -> Checkpoint:
    """Return a picture as a checkpoint."""
    shape = _shape(_Drawn(picture.inventory))
    content = {
        "inventory": picture.inventory.digest,
        "layout": shape.layout,
        "picture": shape.write(picture),
    }
    packing = zlib.compressobj(6)
    packed = b"".join([*map(packing.compress, _pieces(content)), packing.flush()])
    return Checkpoint(picture.position, picture.latest, fingerprint(), packed).sealed()


def thaw(checkpoint: Checkpoint, inventory: Callable[[str], Inventory], *, old: bool = False) -> Picture:
    """Return the picture of a checkpoint.

    Args:
        checkpoint: what `freeze` made.
        inventory: returns the inventory of a digest.
        old: accept what was written in another structure as far as it fits: fields it lacks take their defaults.

    Raises:
        UnusableError: it is damaged, or of another structure.
        StateError: the inventory is not there.
    """
    if not checkpoint.is_whole:
        raise UnusableError(f"the checkpoint at entry {checkpoint.position} is damaged")
    if checkpoint.fingerprint != fingerprint() and not old:
        raise UnusableError(f"the checkpoint at entry {checkpoint.position} was written by another version of netmon")
    try:
        content = json.loads(zlib.decompress(checkpoint.content))
        drawing = inventory(content["inventory"])
        if checkpoint.fingerprint == fingerprint():
            return _shape(_Drawn(drawing)).read(content["picture"])
        layout: Layout = content["layout"]
        return Shape(Picture, _by_reference(drawing), layout).read(content["picture"])
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = str(error) if isinstance(error, StructureError) else type(error).__name__
        raise UnusableError(f"the checkpoint at entry {checkpoint.position} cannot be read: {reason}") from error


def digest(picture: Picture) -> str:
    """Return the SHA-256 (hex) of all that a picture holds: equal only when two are the same in everything.

    The order in which things became known counts too: what is made from it later must come out the same.
    """
    shape = _shape(_Drawn(picture.inventory))
    summed = hashlib.sha256()
    for piece in _pieces([picture.inventory.digest, shape.write(picture)]):
        summed.update(piece)
    return summed.hexdigest()


def differing(one: Picture, other: Picture) -> tuple[str, ...]:
    """Return the names of the fields in which two pictures differ; graphs with the same links are the same."""
    return tuple(
        each.name for each in fields(Picture) if _plain(getattr(one, each.name)) != _plain(getattr(other, each.name))
    )


def _pieces(value: Any) -> Iterator[bytes]:
    """Yield what JSON makes of a value in pieces: while one is made, nobody else has a turn.

    A picture of a country is of tens of megabytes, which would keep the event loop for seconds.
    """
    if not isinstance(value, dict | list) or _is_little(value):
        yield _json(value)
        return
    is_object, is_long = isinstance(value, dict), len(value) > PIECE
    yield b"{" if is_object else b"["
    members: Iterator[Any] = iter(value.items() if isinstance(value, dict) else value)
    comma = b""
    while some := list(islice(members, PIECE if is_long else 1)):
        yield comma
        if is_long:
            yield _json(dict(some) if is_object else some)[1:-1]
        elif is_object:
            yield _json(some[0][0]) + b":"
            yield from _pieces(some[0][1])
        else:
            yield from _pieces(some[0])
        comma = b","
    yield b"}" if is_object else b"]"


def _is_little(value: dict[str, Any] | list[Any]) -> bool:
    """Tell whether a list or an object is written in a moment; it is counted no further than that takes."""
    count, waiting = 0, [value]
    for one in waiting:
        count += len(one)
        if count > LITTLE:
            return False
        members = one.values() if isinstance(one, dict) else one
        waiting += [member for member in members if isinstance(member, dict | list)]
    return True


_json_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _json(value: Any) -> bytes:
    return _json_text(value).encode()


class _Drawn:
    """An inventory as that very object: to compare it with another part by part would take longer than is saved."""

    __slots__ = ("inventory",)

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Drawn) and other.inventory is self.inventory

    def __hash__(self) -> int:
        return id(self.inventory)


@lru_cache(maxsize=1)
def _shape(drawn: _Drawn) -> Shape[Picture]:
    """Return how pictures of this drawing are written and read, one after another."""
    return Shape(Picture, _by_reference(drawn.inventory))


@lru_cache(maxsize=1)
def _without(drawn: _Drawn, less: frozenset[str]) -> Graph:
    """Return the graph of a drawing less some links: mostly the one of the picture that was read before."""
    drawing = drawn.inventory
    links = {name: link for name, link in drawing.links.items() if name not in less}
    return Graph.from_inventory(replace(drawing, links=links) if less else drawing)


def _plain(value: Any) -> Any:
    return (value.ids, value.link_ids, value.ends) if isinstance(value, Graph) else value


def _by_reference(drawing: Inventory | None) -> dict[type, Codec]:
    """Return how inventory and graphs are written; without a drawing, only their names are of use."""

    def write_inventory(inventory: Inventory) -> str:
        return inventory.digest

    def read_inventory(written: Any) -> Inventory:
        if drawing is None or written != drawing.digest:
            raise StructureError(f"{written!r} is not the inventory of the picture")
        return drawing

    def write_graph(graph: Graph) -> list[str]:
        if drawing is None or graph.ids != tuple(sorted(drawing.nodes)):
            raise StructureError("a graph of another drawing cannot be written in a checkpoint")
        return sorted(drawing.links.keys() - set(graph.link_ids))

    def read_graph(written: Any) -> Graph:
        if drawing is None or type(written) is not list:
            raise StructureError(f"{written!r} is no graph")
        return _without(_Drawn(drawing), frozenset(written))

    return {
        Inventory: Codec(write_inventory, read_inventory, "Inventory by digest"),
        Graph: Codec(write_graph, read_graph, "Graph by missing links"),
    }
