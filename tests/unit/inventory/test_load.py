from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from netmon.errors import ConfigError, Problem
from netmon.inventory.files import MAX_BYTES
from netmon.inventory.load import load_inventory, read_drawing
from netmon.model import IcmpProbe, LinkEnd, SecretRef, SnmpProbe

GOOD = Path(__file__).parents[2] / "data" / "inventory" / "good"
HEAD = "version: 1\nregion: t\nvantage: {node: noc}\n"
SITE = "sites: [{id: s, name: Kantor, kind: noc, lat: -6.9, lon: 112.0}]\n"
NOC = "nodes: [{id: noc, site: s, address: 198.18.0.1}]\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def findings(path: Path) -> list[tuple[str, int, str]]:
    return [(Path(problem.file).name, problem.line, problem.code) for problem in read_drawing(path).problems]


def only(path: Path) -> Problem:
    (problem,) = read_drawing(path).problems
    return problem


def test_the_contract_becomes_an_inventory() -> None:
    inventory = load_inventory(GOOD / "contract.yaml").inventory
    assert inventory.vantage.sentinels == ("noc-gw",)
    router = inventory.nodes["rtr-socorejo"]
    assert router.icmp == IcmpProbe(interval=1.0)
    assert router.snmp == SnmpProbe(interval=30.0, auth="field", port=161, timeout=2.0, retries=2)
    assert inventory.nodes["noc"].icmp is None
    assert inventory.nodes["noc-gw"].monitor == ("icmp",)
    link = inventory.links["jenu-socorejo"]
    assert (link.a, link.b) == (LinkEnd("rtr-jenu", "sfp3"), LinkEnd("rtr-socorejo", "sfp1"))
    assert (link.length_km, link.cables, link.contract_mbps) == (7.2, ("jenu-utara",), 20.0)
    assert inventory.auth["field"].community == SecretRef(file=str((GOOD / "secret").absolute()))
    assert list(inventory.nodes) == sorted(inventory.nodes)


def test_a_folder_is_one_inventory(tmp_path: Path) -> None:
    text = (
        (GOOD / "contract.yaml")
        .read_text(encoding="utf-8")
        .replace("file: secret", f"file: {GOOD.absolute()}/secret")
    )
    whole = tmp_path / "whole.yaml"
    whole.write_text(text, encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    top, rest = text.split("sites:\n")
    places, plant = rest.split("nodes:\n")
    nodes, links = plant.split("links:\n")
    half = nodes.splitlines(keepends=True)
    write(folder, a=top, b="version: 1\nsites:\n" + places, c="nodes:\n" + half[0] + "links:\n" + links)
    (folder / "D.YML").write_text("nodes:\n" + "".join(half[1:]), encoding="utf-8")
    (folder / "notes.txt").write_text("not YAML: [", encoding="utf-8")
    (folder / ".hidden.yaml").write_text("not YAML: [", encoding="utf-8")
    assert load_inventory(folder).inventory == load_inventory(whole).inventory


def test_scalars_stand_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        a=HEAD + SITE + NOC + "auth: {f: {version: 3, user: u}}\n",
        b="region: u\nauth: {f: {version: 3, user: v}}\n",
    )
    assert findings(tmp_path) == [("b.yaml", 1, "stands-twice"), ("b.yaml", 2, "stands-twice")]
    assert "region stands already at" in read_drawing(tmp_path).problems[0].message


def test_versions_must_agree(tmp_path: Path) -> None:
    write(tmp_path, a=HEAD + SITE + NOC, b="version: 2\n")
    assert findings(tmp_path) == [("b.yaml", 1, "stands-twice")]
    write(tmp_path, b="version: 1\n")
    assert findings(tmp_path) == []


def test_a_broken_file_hides_nothing_else(tmp_path: Path) -> None:
    write(
        tmp_path,
        a=HEAD + SITE,
        b="nodes: [{id: noc, site: s, address: 198.18.0.1},\n",
        c="links:\n  - {id: l, a: noc, b: ghost}\n  - {id: m, a: noc, b: noc}\n",
        d="sites:\n  - {id: v, name: Desa, kind: vilage, served: false}\n",
    )
    assert findings(tmp_path) == [
        ("b.yaml", 1, "unreadable"),
        ("c.yaml", 2, "unknown-node"),  # ghost; noc stands in the file that could not be read
        ("c.yaml", 3, "self-loop"),
        ("d.yaml", 2, "bad-value"),
    ]


def test_a_flawed_entry_is_known_by_name(tmp_path: Path) -> None:
    text = (
        HEAD
        + SITE
        + "nodes:\n  - {id: noc, site: s, adress: 198.18.0.1}\n  - {site: s, id: 5, address: 198.18.0.2}\n"
    )
    write(tmp_path, a=text + "links: [{id: l, a: noc, b: gw}]\n")
    assert findings(tmp_path) == [
        ("a.yaml", 6, "unknown-key"),
        ("a.yaml", 7, "wrong-type"),
        ("a.yaml", 8, "unknown-node"),
    ]


@pytest.mark.parametrize(
    ("monitor", "hint"), [("none", "write [] for none"), ("icmp", "write [icmp]"), ('"icmp snmp"', "")]
)
def test_a_word_where_a_list_belongs_is_shown_as_one(monitor: str, hint: str, tmp_path: Path) -> None:
    node = f"nodes:\n  - {{id: noc, site: s, address: 198.18.0.1, monitor: {monitor}}}\n"
    write(tmp_path, a=HEAD + SITE + node)
    (problem,) = read_drawing(tmp_path).problems
    assert (problem.code, problem.hint) == ("wrong-type", hint)


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [
        ("lon", '"111,9"', "write 111.9, without quotes"),
        ("lon", '"111.9"', "write 111.9, without quotes"),
        ("lon", "timur", ""),
        ("people", '"4000"', "write 4000, without quotes"),
        ("people", '"4.5"', ""),
        ("served", "yes", "write true"),
        ("served", "Tidak", "write false"),
        ("served", "perhaps", ""),
    ],
)
def test_a_value_of_another_type_is_told_how_it_is_written(key: str, value: str, hint: str, tmp_path: Path) -> None:
    site = SITE.replace(", lon: 112.0", "") if key == "lon" else SITE
    write(tmp_path, a=HEAD + site.replace("}", f", {key}: {value}}}") + NOC)
    (problem,) = (one for one in read_drawing(tmp_path).problems if one.code == "wrong-type")
    assert problem.hint == hint


def test_a_decimal_comma_in_a_mapping_is_told_as_such(tmp_path: Path) -> None:
    write(tmp_path, a=HEAD + SITE + NOC + "cables: [{id: k, name: K, length_km: 7,2}]\n")
    (problem,) = (one for one in read_drawing(tmp_path).problems if one.code == "unknown-key")
    assert problem.hint == "write decimals with a dot, as 7.2"


def test_a_flawed_entry_is_still_checked_against_others(tmp_path: Path) -> None:
    write(tmp_path, a=HEAD + SITE + "nodes:\n  - {id: noc, site: z, address: 198.18.0.1, role: 7}\n")
    assert findings(tmp_path) == [
        ("a.yaml", 4, "no-node"),
        ("a.yaml", 6, "unknown-site"),
        ("a.yaml", 6, "wrong-type"),
    ]


def test_a_misspelt_section_is_one_finding(tmp_path: Path) -> None:
    write(tmp_path, a=HEAD + SITE.replace("sites", "site") + NOC)
    assert findings(tmp_path) == [("a.yaml", 4, "unknown-key")]


def test_nothing_there(tmp_path: Path) -> None:
    assert "No such file" in only(tmp_path / "nothing.yaml").message
    assert "no YAML file" in only(tmp_path).message


def test_empty_files(tmp_path: Path) -> None:
    write(tmp_path, a=HEAD + SITE + NOC, b="", c="# only words\n")
    assert findings(tmp_path) == [("b.yaml", 1, "not-an-inventory"), ("c.yaml", 1, "not-an-inventory")]


def test_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes((HEAD + SITE).encode() + b"links: [{id: l, a: noc, b: ghost}]\n")
    (tmp_path / "b.yaml").write_bytes(NOC.encode() + b"# caf\xe9\n")
    assert findings(tmp_path) == [("a.yaml", 5, "unknown-node"), ("b.yaml", 2, "unreadable")]


def test_nothing_is_concluded_from_what_utf_16_hides(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + SITE + "links: [{id: l, a: noc, b: ghost}]\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text(NOC, encoding="utf-16")
    assert findings(tmp_path) == [("b.yaml", 1, "unreadable")]


def test_what_windows_writes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + SITE + NOC).replace("\n", "\r\n").encode())
    assert load_inventory(path).warnings == ()


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, a=HEAD + SITE + "links: [{id: l, a: noc, b: gw}]\n")
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # sparse
    assert findings(tmp_path) == [("large.yaml", 0, "unreadable")]
    assert "at most 32 MiB" in only(tmp_path).message


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    assert "regular file" in only(tmp_path / "a.yaml").message


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    write(tmp_path, a=HEAD + SITE + NOC)
    (tmp_path / "a.yaml").chmod(0)
    user = os.geteuid()
    if user == 0:  # root may read everything
        os.seteuid(65534)
    try:
        assert "Permission denied" in only(tmp_path / "a.yaml").message
    finally:
        os.seteuid(user)


def test_secrets_start_at_the_folder_of_their_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, a=HEAD + SITE + NOC + "auth: {f: {version: 2c, community: {file: keys/f}}}\n")
    assert findings(tmp_path) == [("a.yaml", 6, "missing-secret")]
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "f").write_text("x")
    monkeypatch.chdir("/")
    inventory = load_inventory(tmp_path).inventory
    assert inventory.auth["f"].community == SecretRef(file=str(tmp_path / "keys" / "f"))


def test_an_unset_variable_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, a=HEAD + SITE + NOC + "auth: {f: {version: 2c, community: {env: NETMON_TEST}}}\n")
    monkeypatch.delenv("NETMON_TEST", raising=False)
    assert [str(warning.severity) for warning in load_inventory(tmp_path).warnings] == ["warning"]
    monkeypatch.setenv("NETMON_TEST", "x")
    assert load_inventory(tmp_path).warnings == ()


def test_errors_come_all_at_once(tmp_path: Path) -> None:
    write(tmp_path, a=HEAD + SITE + NOC + "links: [{id: l, a: x, b: y}]\n")
    with pytest.raises(ConfigError, match="cannot be used as an inventory: 2 errors") as caught:
        load_inventory(tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["unknown-node", "unknown-node"]
    assert caught.value.exit_code == 3


def test_the_collector_is_left_as_it_was(tmp_path: Path) -> None:
    write(tmp_path, a="nonsense")
    with pytest.raises(ConfigError):
        load_inventory(tmp_path)
    assert gc.isenabled()


def test_many_unknown_names_do_not_take_forever(tmp_path: Path) -> None:
    count = 200
    names = ["router-n", *(f"n{i}" for i in range(1, count))]  # one is close: to compare with all others takes longer
    nodes = "\n".join(f"  - {{id: {name}, site: s, monitor: []}}" for name in names)
    links = "\n".join(f"  - {{id: l{i}, a: noc, b: router-m{i}}}" for i in range(count))
    write(tmp_path, a=HEAD + SITE + "nodes:\n  - {id: noc, site: s, monitor: []}\n" + nodes + "\nlinks:\n" + links)
    unknown = [problem for problem in read_drawing(tmp_path).problems if problem.code == "unknown-node"]
    assert len(unknown) == count
    assert "did you mean" in unknown[0].hint
    assert "did you mean" not in unknown[-1].hint


def test_no_finding_breaks_its_line(tmp_path: Path) -> None:
    odd = '"\\e[2J\\n"'
    write(
        tmp_path,
        a=HEAD + SITE + NOC + f"auth: {{{odd}: {{version: 1}}}}\n? {odd}\n: 1\n? {odd}\n: 2\n{'k' * 900}: 1\n",
        b=f"? {odd}\n: 1\nnodes: [{{id: {odd}, site: {odd}, role: {odd}, {odd}: 1}}]\n",
    )
    problems = read_drawing(tmp_path).problems
    assert len(problems) >= 8
    assert all(str(problem).isprintable() for problem in problems)
    assert all(len(problem.message) < 600 for problem in problems)


def test_missing_credentials_are_found_beside_other_flaws(tmp_path: Path) -> None:
    polled = "nodes: [{id: noc, site: s, address: 198.18.0.1, monitor: [icmp, snmp]}]\n"
    write(tmp_path, a=HEAD + SITE + polled + "nodez: []\nauth: {f: {version: 9}}\n")
    assert {code for _, _, code in findings(tmp_path)} == {"no-auth", "unknown-key", "bad-value"}
    write(tmp_path, a=HEAD + SITE + polled + "defaults: {probe: {snmp: {auth: 5}}}\n")
    assert {code for _, _, code in findings(tmp_path)} == {"wrong-type"}
