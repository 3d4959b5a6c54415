"""Every rule has a tiny file that breaks it; its first line says which findings must come out, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netmon.errors import ConfigError, Problem
from netmon.inventory.load import load_inventory, read_drawing
from tests.rows import every_row

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data" / "inventory"
BAD = sorted((DATA / "bad").glob("*.yaml"))
ROOM = HERE.parents[2] / "netmon" / "inventory"


def expected(path: Path) -> list[tuple[int, str]]:
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    pairs = (entry.split() for entry in first.removeprefix("# expect: ").split(", "))
    return sorted((int(line), code) for line, code in pairs)


@every_row("path", BAD)
def test_a_bad_file_gives_exactly_its_findings_and_each_is_one_line(path: Path) -> None:
    found = read_drawing(path).problems
    assert sorted((problem.line, problem.code) for problem in found) == expected(path)
    assert {problem.file for problem in found} == {str(path)}
    for problem in found:
        assert str(problem).isprintable()
        assert len(str(problem)) - len(problem.file) < 400
        if problem.code.startswith(("unknown", "duplicate")) or problem.code == "port-used-twice":
            assert problem.hint or problem.code == "unknown-key", problem


def test_every_code_has_a_bad_file() -> None:
    pattern = re.compile(r'(?:Flaw|_warn|trouble)\(\s*"([a-z]+(?:-[a-z]+)+)"|return "([a-z]+-[a-z]+)", f"')
    in_code = {
        code
        for source in ROOM.glob("*.py")
        for match in pattern.findall(source.read_text(encoding="utf-8"))
        for code in match
        if code
    }
    in_files = {code for path in BAD for _, code in expected(path)}
    assert in_code - in_files == set()
    assert len(in_code) > 30


def test_no_finding_repeats_a_secret() -> None:
    for name in ("secret-inline", "bad-url", "bad-protocol"):
        path = DATA / "bad" / f"{name}.yaml"
        assert "hunter2" in path.read_text(encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            load_inventory(path)
        texts = [str(caught.value), *map(str, caught.value.problems)]
        assert not any("hunter2" in text for text in texts)


@pytest.mark.parametrize("name", ["contract", "inherits"])
def test_a_good_file_gives_no_finding(name: str) -> None:
    assert load_inventory(DATA / "good" / f"{name}.yaml").warnings == ()


def test_hints_name_what_was_meant() -> None:
    def hints(name: str) -> list[str]:
        return [problem.hint for problem in read_drawing(DATA / "bad" / f"{name}.yaml").problems]

    assert hints("bad-protocol") == ['did you mean "sha256"?', 'did you mean "aes256c"?', ""]
    assert hints("unknown-node-in-link") == ['did you mean "gw"?']
    assert hints("unknown-cable") == ['did you mean "utara"?']
    assert hints("unknown-key") == ['did you mean "name"?', 'did you mean "nodes"?']
    assert hints("lone-power-area") == ['did you mean "jenu-1"?']
    assert hints("position-out-of-range") == ["are lat and lon swapped?"]
    assert hints("bad-value")[:2] == ['did you mean "village"?'] * 2  # of "vilage", and of "Desa"


def test_a_second_place_is_named() -> None:
    path = DATA / "bad" / "duplicate-id.yaml"
    (problem,) = read_drawing(path).problems
    assert isinstance(problem, Problem)
    assert problem.message.endswith(f"the first is at {path}:6")
