"""From files to one checked `Inventory`: read everything, say everything that is wrong, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netmon.collector import without_collector
from netmon.errors import ConfigError, Problem, Severity
from netmon.inventory.check import check
from netmon.inventory.document import with_digest
from netmon.inventory.draft import Draft, draft, words, words_in
from netmon.inventory.files import inventory_files, read_text
from netmon.inventory.flaw import Flaw
from netmon.inventory.flaw import Path as Place
from netmon.inventory.merge import Merged, Part, merge
from netmon.inventory.resolve import resolve, secret_ref, secret_refs
from netmon.inventory.secrets import reveal, trouble_with
from netmon.inventory.yaml_read import Unreadable, read_yaml
from netmon.model import SHORTEST_PASSWORD, SHORTEST_TOKEN, Inventory, SecretRef


@dataclass(frozen=True, slots=True)
class Loaded:
    """A usable inventory and the warnings that came with it."""

    inventory: Inventory
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """What is known of files that could not be read: their words, unless not even those (`is_blind`)."""

    words: frozenset[str] = frozenset()
    is_blind: bool = False

    def with_text(self, text: str | None) -> Unread:
        """Add one such file."""
        return Unread(self.words.union(words(text or "")), self.is_blind or text is None)


@dataclass(frozen=True, slots=True)
class Drawing:
    """An inventory as it is written: what could be read of it, where each value stands, and what is wrong."""

    draft: Draft
    merged: Merged
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """Return the number of problems that keep it from being used."""
        return sum(problem.severity is Severity.ERROR for problem in self.problems)

    def usable(self) -> Draft:
        """Return the draft.

        Raises:
            ConfigError: there are errors.
        """
        if self.errors:
            count = f"{self.errors} error{'s' * (self.errors > 1)}"
            raise ConfigError(f"{self.merged.name} cannot be used as an inventory: {count}", problems=self.problems)
        return self.draft


def load_inventory(path: Path, *, with_secrets: bool = False) -> Loaded:
    """Load one YAML file, or all YAML files of a folder as one inventory.

    Args:
        path: the file or folder.
        with_secrets: whether the secrets that nodes are polled with must be there: for the process that polls.

    Raises:
        ConfigError: it cannot be used; `problems` lists every error and warning with file and line.
    """
    with without_collector():  # a document only grows
        drawing = read_drawing(path)
        inventory = with_digest(resolve(drawing.usable()))
        if with_secrets:
            _check_secrets(drawing, inventory)
        return Loaded(inventory, drawing.problems)


def read_drawing(path: Path) -> Drawing:
    """Read one YAML file, or all YAML files of a folder, as they are written; errors are part of what is returned."""
    parts: list[Part] = []
    problems: list[Problem] = []
    unread = Unread()
    try:
        files = inventory_files(path)
    except Unreadable as error:
        files = []
        problems.append(unreadable(str(path), error))
    for file in files:
        part, unread = read_part(file, problems, unread)
        parts += part
    return survey(merge(str(path), parts), problems, unread)


def read_part(file: Path, problems: list[Problem], unread: Unread) -> tuple[list[Part], Unread]:
    """Read one YAML file: return it as a part, or none, and what is then known of unread files.

    What is wrong with it is added to `problems`.
    """
    try:
        tree = read_yaml(read_text(file))
    except Unreadable as error:
        problems.append(unreadable(str(file), error))
        return [], unread.with_text(error.text)
    problems += [Problem(str(file), line, "bad-yaml", message, hint) for line, message, hint in tree.troubles]
    anchor_secrets(tree.data, file.parent)
    return [Part(str(file), tree)], unread


def survey(merged: Merged, problems: list[Problem], unread: Unread) -> Drawing:
    """Check a document.

    Args:
        merged: the document.
        problems: what is known to be wrong with it already.
        unread: what is known of the files that could not be read.
    """
    problems = problems + merged.problems
    if not merged.data and problems:
        return Drawing(Draft(), merged, tuple(problems))
    hearsay = unread.words.union(*(words_in(value) for value in merged.leftovers))
    found, flaws = draft(merged.data, hearsay=hearsay, is_blind=unread.is_blind)
    flaws = [flaw for flaw in flaws if not _may_stand_elsewhere(flaw, found)]
    flaws += [*check(found), *_secret_flaws(found)]
    return Drawing(found, merged, tuple(sorted({*problems, *map(merged.problem, flaws)})))


def _may_stand_elsewhere(flaw: Flaw, found: Draft) -> bool:
    return flaw.code == "missing-key" and len(flaw.path) == 1 and found.may_exist(str(flaw.path[0]))


def unreadable(file: str, error: Unreadable) -> Problem:
    """Return the finding that a file cannot be read."""
    line, message, hint = error.trouble
    return Problem(file, line, "unreadable", message, hint)


def anchor_secrets(data: Any, folder: Path) -> None:
    """Let relative paths of secret files start at the folder of the file that names them."""
    auth = data.get("auth") if isinstance(data, dict) else None
    services = data.get("services") if isinstance(data, dict) else None
    entries = [*(auth.values() if isinstance(auth, dict) else ()), *(services if isinstance(services, list) else ())]
    for entry in entries:
        for reference in entry.values() if isinstance(entry, dict) else ():
            if isinstance(reference, dict) and isinstance(reference.get("file"), str) and reference["file"]:
                reference["file"] = str(folder.absolute() / reference["file"])


def _secret_flaws(found: Draft) -> Iterator[Flaw]:
    """Yield a flaw for every secret that is not there. The environment may be another one than the daemon's."""
    for index, service in found.services.items():
        if service.heartbeat is not None:
            yield from _token_flaws(("services", index, "heartbeat"), service.id, secret_ref(service.heartbeat))
    for name, entry in found.head.auth.items() if found.head is not None else ():
        for key, reference in secret_refs(entry):
            trouble = trouble_with(reference)
            if trouble is not None:
                severity, error = trouble
                yield Flaw(
                    "missing-secret", ("auth", name, key), f"{key} of {name}: {error.message}", error.hint, severity
                )
            elif key != "community" and len(reveal(reference).encode()) < SHORTEST_PASSWORD:
                severity = Severity.ERROR if reference.env is None else Severity.WARNING
                message = f"{key} of {name} is shorter than {SHORTEST_PASSWORD} characters"
                yield Flaw("short-password", ("auth", name, key), message, "SNMPv3 allows no shorter one", severity)


def _token_flaws(path: Place, service: str, reference: SecretRef) -> Iterator[Flaw]:
    """Yield a flaw where the token of a heartbeat is not there, or could be guessed."""
    trouble = trouble_with(reference)
    if trouble is not None:
        severity, error = trouble
        yield Flaw("missing-secret", path, f"heartbeat of {service}: {error.message}", error.hint, severity)
    elif len(reveal(reference).encode()) < SHORTEST_TOKEN:
        severity = Severity.ERROR if reference.env is None else Severity.WARNING
        message = f"the token of the heartbeat of {service} is shorter than {SHORTEST_TOKEN} characters"
        yield Flaw("short-token", path, message, "make one with `openssl rand -hex 16`", severity)


def _check_secrets(drawing: Drawing, inventory: Inventory) -> None:
    """Check that the secrets of all credentials in use are there, and the tokens of heartbeats."""
    used = {node.snmp.auth for node in inventory.nodes.values() if node.snmp is not None}
    missing = [flaw for flaw in _secret_flaws(drawing.draft) if flaw.path[0] == "services" or flaw.path[1] in used]
    if missing:
        problems = tuple(drawing.merged.problem(flaw._replace(severity=Severity.ERROR)) for flaw in missing)
        count = f"{len(missing)} secret{'s' * (len(missing) > 1)}"
        raise ConfigError(f"{drawing.merged.name} cannot be polled for want of {count}", problems=problems)
