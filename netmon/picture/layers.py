"""Mappings with a value for each of many names, of which an entry changes a few: what stays is shared. Pure.

A county's states are copied whole, which costs nothing. Of a country's eighty thousand, one word about one node must
not copy the others. A layered mapping is a large dict that nobody changes any more, and a small one laid over it,
which is copied; now and then the two are made one. No reader can tell it from a plain dict.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping
from typing import Generic, TypeVar, overload

K = TypeVar("K")
V = TypeVar("V")
D = TypeVar("D")

SMALL = 1_000
"""Names up to which a mapping is copied whole."""
THICK = 500
"""Changed values up to which they stay a layer; of a very large mapping, a share of it."""
SHARE = 20
_NOTHING = object()


class Layered(Mapping[K, V]):
    """A large mapping with other values for a few of its names. It has no name that `base` has not.

    `of` is the upper layer of the mapping that it was edited from, and `changed` the names that were: what differs
    between the two need not be looked for.
    """

    __slots__ = ("base", "changed", "of", "over")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, base: Mapping[K, V], over: Mapping[K, V], of: Mapping[K, V], changed: frozenset[K]) -> None:
        self.base = base
        self.over = over
        self.of = of
        self.changed = changed

    def __getitem__(self, name: K) -> V:
        return self.over[name] if name in self.over else self.base[name]

    @overload
    def get(self, name: K, /) -> V | None: ...
    @overload
    def get(self, name: K, /, default: V | D) -> V | D: ...
    def get(self, name: K, /, default: V | D | None = None) -> V | D | None:
        """Return the value of a name, or the default."""
        return self.over[name] if name in self.over else self.base.get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in self.base

    def __iter__(self) -> Iterator[K]:
        return iter(self.base)

    def __len__(self) -> int:
        return len(self.base)

    def items(self) -> ItemsView[K, V]:
        """Return names and values in the order of the names; made whole, which is quicker than one by one."""
        return self.whole().items()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Layered):
            return not differing(self, other)
        return self.whole() == other

    def __repr__(self) -> str:
        return repr(self.whole())

    def whole(self) -> dict[K, V]:
        """Return it as a plain dict."""
        return {**self.base, **self.over}


class Draft(Generic[K, V]):
    """A mapping while some of its values are being changed."""

    __slots__ = ("_before", "_changes")

    def __init__(self, before: Mapping[K, V]) -> None:
        self._before = before
        self._changes: dict[K, V] = {}

    def __contains__(self, name: K) -> bool:
        return name in self._changes or name in self._before

    def __getitem__(self, name: K) -> V:
        return self._changes[name] if name in self._changes else self._before[name]

    def __setitem__(self, name: K, value: V) -> None:
        self._changes[name] = value

    @overload
    def get(self, name: K) -> V | None: ...
    @overload
    def get(self, name: K, default: D) -> V | D: ...
    def get(self, name: K, default: D | None = None) -> V | D | None:
        """Return the value of a name, or the default."""
        return self._changes[name] if name in self._changes else self._before.get(name, default)

    def update(self, changes: Mapping[K, V]) -> None:
        """Change several."""
        self._changes.update(changes)

    def done(self) -> Mapping[K, V]:
        """Return the mapping with the changes up to now; the one before when there are none."""
        return edited(self._before, self._changes) if self._changes else self._before


def edited(before: Mapping[K, V], changes: Mapping[K, V]) -> Mapping[K, V]:
    """Return a mapping with some values changed; the same when none is another."""
    new = {name: value for name, value in changes.items() if name not in before or before[name] is not value}
    if not new:
        return before
    base, over = _layers(before)
    if len(base) <= SMALL or not new.keys() <= base.keys():
        return {**before, **new}
    of, over = _upper(before), {**over, **new}
    if len(over) > max(THICK, len(base) // SHARE):
        base, over = {**base, **over}, {}
    return Layered(base, over, of, frozenset(new))


def alike(one: Mapping[K, V], other: Mapping[K, V]) -> bool:
    """Tell whether two mappings are equal; of one and the same nothing is compared."""
    return one is other or one == other


def differing(before: Mapping[K, V], after: Mapping[K, V]) -> set[K]:
    """Return the names that have another value after than before, or are in one alone."""
    if before is after:
        return set()
    if isinstance(after, Layered) and after.of is _upper(before):
        return {name for name in after.changed if before[name] != after[name]}
    if isinstance(before, Layered) and before.of is _upper(after):
        return {name for name in before.changed if before[name] != after[name]}
    (base, under), (other, over) = _layers(before), _layers(after)
    if base is other:
        return {name for name in under.keys() | over.keys() if before[name] != after[name]}
    known, seen = {**base, **under}, {**other, **over}
    found = {name for name, value in seen.items() if (old := known.get(name, _NOTHING)) is not value and old != value}
    return found.union(known.keys() - seen.keys())


def _layers(mapping: Mapping[K, V]) -> tuple[Mapping[K, V], Mapping[K, V]]:
    return (mapping.base, mapping.over) if isinstance(mapping, Layered) else (mapping, {})


def _upper(mapping: Mapping[K, V]) -> Mapping[K, V]:
    """Return the layer by which a mapping is known: no two have the same."""
    return mapping.over if isinstance(mapping, Layered) else mapping
