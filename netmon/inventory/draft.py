"""A drawing as far as it can be read: every good entry, every flaw, and what was only mentioned.

One flawed entry must not hide what can still be said of the others, so entries are read one by one. From a flawed
entry the flawed keys are left out and the rest is kept, if it still makes an entry. Names that occur in what could
not be read are `hearsay`: nobody may call such a name unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from pydantic import ValidationError

from netmon.inventory.complaints import complaints
from netmon.inventory.flaw import Flaw, Path, did_you_mean
from netmon.inventory.schema import (
    SECTIONS,
    AuthEntry,
    CableEntry,
    ContractEntry,
    Document,
    Entry,
    Head,
    Item,
    LinkEntry,
    NodeEntry,
    ServiceEntry,
    SiteEntry,
    WorkEntry,
)

E = TypeVar("E", bound=Entry)

DEFAULTS: Final = ("", 0)
"""Stands for the defaults among the flawed entries."""

_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Draft:
    """Entries by their index in the document.

    `head` is None when too little of it could be read. `ids` are all ids that stand in the document, those of flawed
    entries too: by section, (index, id) in the order of the document. `flawed` entries are here without their flawed
    keys, so nothing may be concluded from what they lack. `is_blind` says that hearsay is not complete either.
    """

    head: Head | None = None
    cables: Mapping[int, CableEntry] = field(default_factory=dict)
    sites: Mapping[int, SiteEntry] = field(default_factory=dict)
    nodes: Mapping[int, NodeEntry] = field(default_factory=dict)
    links: Mapping[int, LinkEntry] = field(default_factory=dict)
    services: Mapping[int, ServiceEntry] = field(default_factory=dict)
    maintenance: Mapping[int, WorkEntry] = field(default_factory=dict)
    contracts: Mapping[int, ContractEntry] = field(default_factory=dict)
    ids: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    auth_names: frozenset[str] = frozenset()
    flawed: frozenset[tuple[str, int]] = frozenset()
    hearsay: frozenset[str] = frozenset()
    is_blind: bool = False

    def may_exist(self, name: str) -> bool:
        """Return whether `name` may be declared in a part of the document that could not be read."""
        return self.is_blind or name in self.hearsay


def words(text: str) -> Iterator[str]:
    """Yield all words of a text that could be ids."""
    return (match[0].rstrip(".-_") for match in _WORD.finditer(text))


def words_in(value: Any) -> frozenset[str]:
    """Return all words of all texts within a value."""
    if isinstance(value, str):
        return frozenset(words(value))
    inner = [*value.keys(), *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return frozenset().union(*map(words_in, inner))


def draft(data: Any, *, hearsay: frozenset[str] = frozenset(), is_blind: bool = False) -> tuple[Draft, list[Flaw]]:
    """Read plain data as a drawing.

    Args:
        data: what stands in the document; None when it is empty.
        hearsay: words of files that could not be read at all.
        is_blind: whether there are files of which not even the words are known.

    Returns:
        the draft, and everything that is wrong with single entries. Cross-references are not looked at.
    """
    if not isinstance(data, dict):
        message = "is empty" if data is None else "must be a mapping with version, region, vantage, sites …"
        return Draft(is_blind=is_blind, hearsay=hearsay), [Flaw("not-an-inventory", (), message)]
    reader = _Reader(set(hearsay))
    head = reader.head({key: value for key, value in data.items() if key not in SECTIONS})
    sections: dict[str, Mapping[int, Item]] = {}
    for name, model in SECTIONS.items():
        sections[name] = reader.section(name, model, data.get(name))
    auth = data.get("auth")
    found = Draft(
        head=head,
        cables=cast("Mapping[int, CableEntry]", sections["cables"]),
        sites=cast("Mapping[int, SiteEntry]", sections["sites"]),
        nodes=cast("Mapping[int, NodeEntry]", sections["nodes"]),
        links=cast("Mapping[int, LinkEntry]", sections["links"]),
        services=cast("Mapping[int, ServiceEntry]", sections["services"]),
        maintenance=cast("Mapping[int, WorkEntry]", sections["maintenance"]),
        contracts=cast("Mapping[int, ContractEntry]", sections["contracts"]),
        ids=reader.ids,
        auth_names=frozenset(auth if isinstance(auth, dict) else ()),
        flawed=frozenset(reader.flawed),
        hearsay=frozenset(reader.hearsay),
        is_blind=is_blind,
    )
    return found, reader.flaws


class _Reader:
    """Collects what one document says while its entries are read."""

    def __init__(self, hearsay: set[str]) -> None:
        self.hearsay = hearsay
        self.flaws: list[Flaw] = []
        self.flawed: set[tuple[str, int]] = set()
        self.ids: dict[str, tuple[tuple[int, str], ...]] = {}

    def head(self, data: dict[str, Any]) -> Head | None:
        if isinstance(data.get("auth"), dict):
            data = {**data, "auth": self._auth(data["auth"])}
        entry, flaws = _entry(Head, data, (), stand_ins={"version": 1, "region": "unreadable"})
        for flaw in flaws:
            if flaw.path[0] == "defaults":
                self.flawed.add(DEFAULTS)
            if flaw.code == "unknown-key" and len(flaw.path) == 1:
                self.flaws.append(flaw._replace(hint=did_you_mean(str(flaw.path[0]), Document.model_fields)))
                self.hearsay |= words_in(data.get(str(flaw.path[0])))  # perhaps a misspelt section
            else:
                self.flaws.append(flaw)
        return entry

    def _auth(self, entries: dict[str, Any]) -> dict[str, Any]:
        """Return the entries that are good: one flawed password must not hide the others' missing files."""
        good = {}
        for name, raw in entries.items():
            entry, flaws = _entry(AuthEntry, raw, ("auth", name))
            self.flaws += [flaw._replace(message=f"auth {name}: {flaw.message}") for flaw in flaws]
            if entry is not None and not flaws:
                good[name] = raw
        return good

    def section(self, name: str, model: type[Item], data: Any) -> Mapping[int, Item]:
        self.ids[name] = ()
        if data is None:
            return {}
        if not isinstance(data, list):
            self.flaws.append(Flaw("wrong-type", (name,), f"{name} must be a list", "begin each entry with a dash"))
            self.hearsay |= words_in(data)
            return {}
        self.ids[name] = tuple(
            (index, raw["id"])
            for index, raw in enumerate(data)
            if isinstance(raw, dict) and isinstance(raw.get("id"), str)
        )
        entries: dict[int, Item] = {}
        for index, raw in enumerate(data):
            entry, flaws = _entry(model, raw, (name, index))
            if flaws:
                self.flaws += [flaw._replace(message=f"{_title(name, index, raw)}: {flaw.message}") for flaw in flaws]
                self.flawed.add((name, index))
                for flaw in flaws:
                    whole = entry is None or len(flaw.path) < 3
                    self.hearsay |= words_in(raw if whole else raw.get(flaw.path[2]))
            if entry is not None:
                entries[index] = entry
        return entries


def _title(section: str, index: int, raw: Any) -> str:
    name = raw.get("id") if isinstance(raw, dict) else None
    kind = section.removesuffix("s")
    is_known = isinstance(name, str) and len(name) <= 128 and name.isprintable()
    return f"{kind} {name if is_known else index + 1}"


def _entry(
    model: type[E], raw: Any, at: Path, stand_ins: Mapping[str, Any] | None = None
) -> tuple[E | None, list[Flaw]]:
    """Read one entry; of a flawed one, what is left without the flawed keys (`stand_ins` fill in), or None."""
    try:
        return model.model_validate(raw), []
    except ValidationError as error:
        flaws = complaints(error, model, at)
    if not isinstance(raw, dict):
        return None, flaws
    flawed_keys = {flaw.path[len(at)] for flaw in flaws if len(flaw.path) > len(at)}
    kept = {key: value for key, value in raw.items() if key not in flawed_keys}
    try:
        return model.model_validate({**(stand_ins or {}), **kept}), flaws
    except ValidationError:
        return None, flaws
