"""The documents are true: generated pages are fresh, links lead somewhere, what is named exists."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
import pytest
import yaml

from netmon.errors import PrivilegeError
from netmon.lab.kernel.reasons import Facts, Refusal, explain
from netmon.model import Verdict
from netmon.probes.sockets import open_icmp
from tests.command_lines import parse
from tests.markdown import TOP, anchors, documents, inline_code, links, name_of
from tests.rows import every_row

DOCUMENTS = documents()
PAGES: dict[Path, Callable[[], str]] = runpy.run_path(str(TOP / "docs" / "generate.py"))["PAGES"]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_generated_pages_are_what_the_code_gives(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == PAGES[page](), "out of date: run `make docs`"


def test_links_lead_to_files_and_headings_that_exist() -> None:
    for document, line, target in ((page, *link) for page in DOCUMENTS for link in links(page)):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        where = f"{name_of(document)}:{line}: {target}"
        assert file.exists(), f"{where} does not exist"
        assert file.is_relative_to(TOP), f"{where} leads out of the repository"
        if anchor:
            assert anchor in anchors(file), f"{where}: no such heading, but {sorted(anchors(file))}"


def test_no_path_of_a_writers_machine_is_named() -> None:
    own = {str(TOP), str(Path.home()), tempfile.gettempdir()} - {"/"}
    foreign = re.compile("|".join([*map(re.escape, own), r"/home/\w", r"/Users/\w", r"\b[A-Z]:\\"]))
    for document in DOCUMENTS:
        for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
            assert not foreign.search(line), f"{name_of(document)}:{number}: {line}"


def test_commands_named_in_the_text_can_be_typed() -> None:
    """Also holds the examples of `--help`, which stand in the reference of the command line."""
    for document, line, code in ((page, *said) for page in DOCUMENTS for said in inline_code(page)):
        words = shlex.split(code)
        if words[:1] != ["netmon"] or not words[1:] or "…" in code:
            continue
        try:
            parse([*words[1:]])
        except click.UsageError as error:
            pytest.fail(f"{name_of(document)}:{line}: `{code}`: {error.message}")


@every_row("words", ["netmon chek x", "netmon lab cutt link:x", "netmon check --fromat json", "netmon run --lap"])
def test_a_command_that_does_not_exist_would_be_noticed(words: str) -> None:
    with pytest.raises(click.UsageError):
        parse(words.split()[1:])


# -- what single documents promise ------------------------------------------------------------------------


def table_cells(document: str, heading: str = "") -> list[list[str]]:
    """Return the rows of the tables of a document, or of the section that begins with a heading."""
    text = (TOP / document).read_text(encoding="utf-8")
    text = text[text.index(heading) :]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows]


def test_every_room_in_the_table_exists_and_every_package_is_in_it() -> None:
    named = {cells[0].strip("`") for cells in table_cells("ARCHITECTURE.md") if cells[0].startswith("`netmon/")}
    assert not [room for room in named if not (TOP / room).exists()]
    packages = {f"netmon/{init.parent.name}/" for init in (TOP / "netmon").glob("*/__init__.py")}
    assert packages <= named


def test_the_page_guide_has_every_verdict() -> None:
    rows = table_cells("docs/howto/read-the-page.md", "## What is said of a site")
    assert {cells[0] for cells in rows} >= set(Verdict)


def test_the_lab_guide_has_every_remedy() -> None:
    facts = [
        Facts(1000, apparmor_restricts=True),
        Facts(1000, clone_allowed=False),
        Facts(1000, seccomp=True, in_container=True),
        Facts(1000, namespaces_left=False),
    ]
    refusals = [Refusal("unshare", 1), Refusal("setting", 30), Refusal("nodes", 24)]
    sentences = [explain(refusal, fact) for refusal in refusals for fact in facts]
    remedies = {code for sentence in sentences for code in re.findall(r"`([^`]+)`", sentence)}
    assert len(remedies) == 6
    guide = (TOP / "docs/howto/lab.md").read_text(encoding="utf-8")
    assert not [remedy for remedy in remedies if remedy not in guide]


def test_the_privilege_guide_quotes_the_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise PermissionError

    monkeypatch.setattr(socket, "socket", refuse)
    with pytest.raises(PrivilegeError) as refused:
        open_icmp(socket.AF_INET)
    assert f"netmon: {refused.value}\n" in (TOP / "docs/howto/privileges.md").read_text(encoding="utf-8")


def test_what_belongs_into_a_repository_is_there() -> None:
    for name in (
        "LICENSE",
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "setup.cfg",
        "pyproject.toml",
    ):
        assert (TOP / name).stat().st_size > 0
    assert os.access(TOP / ".ci" / "run", os.X_OK)
    assert "\n## Unreleased\n" in (TOP / "CHANGELOG.md").read_text(encoding="utf-8")


def test_hooks_before_a_commit_download_nothing() -> None:
    config = yaml.safe_load((TOP / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {source["repo"] for source in config["repos"]} == {"local"}
    for hook in (hook for source in config["repos"] for hook in source["hooks"]):
        assert hook["language"] == "system"
        assert hook["entry"].startswith(".venv/bin/")
