"""`netmon diagnose` as a user types it: the hand-drawn cases of the contract, and unusable observations."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from netmon.inventory.document import to_document
from netmon.model import Inventory
from tests.e2e.terminal import NETMON, Terminal
from tests.unit.topology.drawn import draw

pytestmark = pytest.mark.e2e


def netmon(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    if stdin is None:
        return Terminal(Path.cwd()).type("diagnose", *arguments)
    command = [*NETMON, "diagnose", *arguments]
    return subprocess.run(command, capture_output=True, text=True, input=stdin, timeout=60, check=False)


def written(folder: Path, inventory: Inventory) -> str:
    path = folder / "inventory.yaml"
    path.write_text(json.dumps(to_document(inventory)), encoding="utf-8")
    return str(path)


def observed(folder: Path, document: Any) -> str:
    path = folder / "now.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document, indent=1), encoding="utf-8")
    return str(path)


def words(inventory: Inventory, dark: str) -> dict[str, str]:
    monitored = (node.id for node in inventory.nodes.values() if node.is_monitored)
    return {node: "down" if node in dark.split() else "up" for node in monitored}


RING = "noc-gw-r1-r2-r3-r4-r5-r6-gw"
FAN = "noc-gw-a; gw-b; gw-c; gw-d"
CASES: dict[str, tuple[Inventory, str, Mapping[str, Any], dict[str, set[str]], dict[str, str]]] = {
    "tree": (
        draw("noc-gw-a-b-c; a-d"),
        "b c",
        {},
        {"link:a-b": {"node:b"}},
        {"b": "down", "c": "unreachable"},
    ),
    "ring with one cut": (
        draw(RING),
        "",
        {"ports": {"r2:r3": "down", "r3:r2": "down"}, "light": {"r2:r3": None}},
        {"link:r2-r3": set()},
        {},
    ),
    "ring with two cuts": (
        draw(RING),
        "r3 r4 r5",
        {"ports": {"r2:r3": "down", "r6:r5": "down"}},
        {"link:r2-r3": {"node:r3"}, "link:r5-r6": {"node:r5"}},
        {"r3": "down", "r4": "unreachable", "r5": "down"},
    ),
    "cable with three links": (
        draw(FAN, cables={"k": "gw-a gw-b gw-c"}),
        "a b c",
        {},
        {"cable:k": set()},
        dict.fromkeys("abc", "unreachable"),
    ),
    "silent forwarder": (draw("noc-gw-a-b; gw-c"), "a", {}, {"node:a": set()}, {"a": "degraded"}),
    "passive splitter": (
        draw("noc-olt-s-o1; s-o2; olt-x", passive="s"),
        "o1 o2",
        {},
        {"link:olt-s": {"node:s"}},
        {"o1": "unreachable", "o2": "unreachable", "s": "unknown"},
    ),
    "unknown topology": (draw(FAN, alone="z"), "z", {}, {"node:z": set()}, {"z": "down"}),
    "isolated vantage": (
        draw(FAN, sentinels="gw"),
        "gw a b c d",
        {},
        {"vantage:noc": {"link:noc-gw", "node:gw"}},
        dict.fromkeys(("gw", "a", "b", "c", "d", "noc"), "unknown"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_answers_the_contract(case: str, tmp_path: Path) -> None:
    inventory, dark, evidence, faults, verdicts = CASES[case]
    seen = observed(tmp_path, {"nodes": words(inventory, dark), **evidence})
    done = netmon("-i", written(tmp_path, inventory), "--observations", seen, "--format", "json")
    assert done.returncode == 1, done.stderr
    document = json.loads(done.stdout)
    assert document["schema_version"] == 1
    assert {_text(fault["element"]): set(map(_text, fault["alternatives"])) for fault in document["faults"]} == faults
    for fault in document["faults"]:
        assert set(fault) == {
            "id", "element", "alternatives", "cause", "confidence", "evidence", "nodes", "sites"
        }  # fmt: skip
        assert fault["evidence"]
        assert 0 < fault["confidence"] <= 1
    assert set(document["nodes"]) == set(inventory.nodes)
    assert set(document["sites"]) == set(inventory.sites)
    found = {node: word["verdict"] for node, word in document["nodes"].items() if word["verdict"] != "up"}
    assert found == verdicts
    assert {fault["id"] for fault in document["faults"]} >= {
        word["fault"] for word in document["nodes"].values() if word["fault"]
    }
    assert document["hypotheses"] == []
    assert document["at_stake"].keys() == {fault["id"] for fault in document["faults"] if not fault["nodes"]}


def _text(element: Mapping[str, str]) -> str:
    return f"{element['kind']}:{element['id']}"


def test_a_quiet_network_is_exit_zero(tmp_path: Path) -> None:
    inventory = draw(FAN)
    seen = observed(tmp_path, {"nodes": words(inventory, "")})
    done = netmon("-i", written(tmp_path, inventory), "--observations", seen)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "no fault; sites: 6 up\n"


def test_observations_come_from_standard_input_and_csv_goes_out(tmp_path: Path) -> None:
    inventory = draw(FAN)
    path = written(tmp_path, inventory)
    seen = json.dumps({"nodes": words(inventory, "a")})
    done = netmon("-i", path, "--observations", "-", "--format", "csv", stdin=seen)
    assert done.returncode == 1
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["id"], row["element"], row["alternatives"], row["sites"]) == ("F1", "node:a", "link:gw-a", "site-a")


def test_the_table_says_why(tmp_path: Path) -> None:
    inventory = draw(FAN, cables={"k": "gw-a gw-b"})
    seen = observed(tmp_path, {"nodes": words(inventory, "a b")})
    done = netmon("-i", written(tmp_path, inventory), "--observations", seen)
    assert done.returncode == 1
    assert "cable:k" in done.stdout
    assert "lost together: gw-a, gw-b" in done.stdout
    assert "1 fault; sites: 2 unreachable, 4 up" in done.stderr


def test_everything_wrong_with_observations_is_said_at_once(tmp_path: Path) -> None:
    document = """{
  "nodes": {"gww": "up", "a": "dwn", "b": "up", "b": "down"},
  "prots": {},
  "ports": {"gw": "up", "gw:z": "up"},
  "light": {"gw:a": true, "gw:b": 1e999, "gw:c": 1%s}
}""" % ("0" * 400)
    done = netmon("-i", written(tmp_path, draw(FAN)), "--observations", observed(tmp_path, document))
    assert done.returncode == 3
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for line, text in (
        (2, 'no node "gww" is in the inventory (did you mean "gw"?)'),
        (2, 'a is "dwn" (say up, down, unknown)'),
        (2, '"b" is given twice'),
        (3, 'unknown key "prots" (did you mean "ports"?)'),
        (4, '"gw" is not a port (write NODE:PORT)'),
        (4, "warning: port gw:z is on no drawn link"),
        (5, "light of gw:a is true"),
        (5, "light of gw:b is Infinity"),
        (5, "light of gw:c is 1000"),
    ):
        assert f"now.json:{line}: {text}" in done.stderr
    assert done.stderr.endswith("cannot be used as observations: 8 errors\n")


def test_the_line_of_a_key_is_where_it_is_one(tmp_path: Path) -> None:
    document = '{"nodes": {"a": "up",\n\n "up": "down", "q": ":x",\n ":x": "up"}}'
    done = netmon("-i", written(tmp_path, draw(FAN)), "--observations", observed(tmp_path, document))
    for line, name in ((3, "up"), (3, "q"), (4, ":x")):
        assert f'now.json:{line}: no node "{name}" is in the inventory' in done.stderr


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"nodes": 3}', '{"nodes": {"a": NaN}}', "[" * 100_000, '{"light": "x"}']
)
def test_what_is_no_document_of_observations_is_one_clear_line(text: str, tmp_path: Path) -> None:
    done = netmon("-i", written(tmp_path, draw(FAN)), "--observations", observed(tmp_path, text))
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 2
    assert "Traceback" not in done.stderr


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    done = netmon("-i", written(tmp_path, draw(FAN)), "--observations", str(tmp_path / "no.json"))
    assert done.returncode == 3
    assert done.stderr.startswith("netmon: cannot read ")


def test_the_bench_prints_netmon_beside_other_tools() -> None:
    command = [
        sys.executable,
        "-m",
        "netmon",
        "bench",
        "diagnose",
        "--networks",
        "8",
        "--no-large",
        "--format",
        "json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    engines = {row["engine"] for row in document["rows"]}
    assert engines == {"netmon", "nagios parents", "nav shadow", "opennms critical path"}
    alone = {row["engine"]: row for row in document["rows"] if row["case"] == "1 anywhere"}
    assert alone["netmon"]["exact_ratio"] == 1.0
    assert alone["nav shadow"]["exact_ratio"] < 1.0  # it cannot name a link
    assert document["ratios"]
