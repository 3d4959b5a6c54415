from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.inventory.document import from_document, to_document, with_digest
from netmon.inventory.draft import draft
from netmon.inventory.load import Drawing, read_drawing
from netmon.inventory.resolve import Inheritance, resolve
from netmon.inventory.schema import SECTIONS
from netmon.inventory.sheets import SHEETS, read_cell, write_cell
from netmon.inventory.sheets_read import read_sheets
from netmon.inventory.sheets_write import to_sheets, write_sheets
from netmon.model import Inventory, SecretRef
from tests.characters import UNICODE
from tests.rows import every_row
from tests.unit.inventory.strategies import documents

GOOD = Path(__file__).parents[2] / "data" / "inventory" / "good"

NODES = "id,site,address,monitor\nnoc,s,198.18.0.1,\nodp,s,,none\n"
SITES = "id,name,kind,lat_degrees,lon_degrees\ns,Kantor,noc,-6.9,112.0\n"
LINKS = "id,a,b,length_km\nl,noc:1,odp,7.2\n"
HEAD = {"version": 1, "region": "t", "vantage": {"node": "noc", "sentinels": []}}


def folder_of(tmp_path: Path, **texts: str | bytes) -> Path:
    for name, text in {"sites": SITES, "nodes": NODES, "links": LINKS, **texts}.items():
        (tmp_path / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path


def read(tmp_path: Path, **texts: str | bytes) -> Drawing:
    return read_sheets(folder_of(tmp_path, **texts), HEAD)


def findings(drawing: Drawing) -> list[tuple[str, int, str]]:
    return [(Path(problem.file).name, problem.line, problem.code) for problem in drawing.problems]


def inventory_of(drawing: Drawing) -> Inventory:
    return with_digest(resolve(drawing.draft))


@given(documents)
def test_what_is_exported_is_imported_again(data: dict[str, Any]) -> None:
    before, _ = draft(data)
    with TemporaryDirectory() as folder:
        write_sheets(before, Path(folder))
        after = read_sheets(Path(folder)).draft
    assert with_digest(resolve(after)) == with_digest(resolve(before))
    for index, node in before.nodes.items():  # what was inherited is inherited still, not written out
        ours, theirs = (Inheritance(one).levels(index, one.nodes[index]) for one in (before, after))
        for protocol in node.monitor:
            assert ours.settings(protocol) == theirs.settings(protocol)


@given(st.text(UNICODE, max_size=8))
def test_no_cell_is_a_formula(text: str) -> None:
    cell = write_cell(text, "text")
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert read_cell(cell, "body", decimal_comma=False) == text


def test_an_exported_formula_is_harmless_in_the_file() -> None:
    found, _ = draft({**HEAD, "sites": [{"id": "s", "name": "=cmd|' /C calc'!A0", "kind": "noc"}]})
    rows = list(csv.reader(io.StringIO(to_sheets(found)["sites.csv"].removeprefix("\ufeff"))))
    assert rows[1][1] == "'=cmd|' /C calc'!A0"


def test_the_contract_survives(tmp_path: Path) -> None:
    before = read_drawing(GOOD / "contract.yaml")
    write_sheets(before.usable(), tmp_path)
    assert inventory_of(read_sheets(tmp_path)) == inventory_of(before)
    assert read_sheets(tmp_path).problems == ()


def test_rows_may_come_in_any_order(tmp_path: Path) -> None:
    plain = inventory_of(read(tmp_path))
    header, *rows = NODES.splitlines()
    assert inventory_of(read(tmp_path, nodes="\n".join([header, *reversed(rows)]))) == plain


def test_columns_may_come_in_any_order(tmp_path: Path) -> None:
    plain = inventory_of(read(tmp_path))
    assert inventory_of(read(tmp_path, links="LENGTH_KM, b ,id,a\n7.2,odp,l,noc:1\n")) == plain


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_excel_writes_is_read(mark: bytes, newline: str, tmp_path: Path) -> None:
    plain = inventory_of(read(tmp_path))
    links = "id;a;b;length_km;;\nl;noc:1;odp;7,2;;\n;;;;;\n"
    nodes = NODES.replace(",", "\t")
    sites = SITES.replace(",", ";").replace("-6.9", "-6,9").replace("112.0", "112,0")
    texts = {"links": links, "nodes": nodes, "sites": sites}
    drawing = read(tmp_path, **{key: mark + text.replace("\n", newline).encode() for key, text in texts.items()})
    assert drawing.problems == ()
    assert inventory_of(drawing) == plain


def test_a_line_that_tells_excel_the_separator_is_no_row(tmp_path: Path) -> None:
    plain = inventory_of(read(tmp_path))
    links = "SEP=;\r\nid;a;b;length_km\r\nl;noc:1;odp;7,2\r\n"
    assert inventory_of(read(tmp_path, links=links)) == plain
    assert ("links.csv", 3, "unknown-node") in findings(read(tmp_path, links=links.replace("odp", "ghost")))


@pytest.mark.parametrize(
    ("text", "served"), [("TRUE", True), ("no", False), ("Tidak", False), ("1", True), ("", True)]
)
def test_yes_and_no(text: str, served: bool, tmp_path: Path) -> None:
    drawing = read(tmp_path, sites=f"id,name,kind,served\ns,Kantor,noc,{text}\n")
    assert drawing.draft.sites[0].served is served


@pytest.mark.parametrize(
    ("text", "people"), [("4210", 4210), ("0", 0), ("", None), ("4.210", "refused"), ("many", "refused")]
)
def test_people_are_a_whole_number_or_nobody_has_said(text: str, people: object, tmp_path: Path) -> None:
    """Thousands written with a point, as in Indonesia, are not read as four."""
    drawing = read(tmp_path, sites=f"id;name;kind;people\ns;Kantor;noc;{text}\n")
    if people == "refused":
        assert [code for _, _, code in findings(drawing)] == ["wrong-type"]
    else:
        assert inventory_of(drawing).sites["s"].people == people


def test_an_empty_monitor_is_inherited_and_none_is_none(tmp_path: Path) -> None:
    nodes = read(tmp_path).draft.nodes
    assert nodes[0].monitor == ("icmp",)
    assert nodes[1].monitor == ()


def test_settings_stand_in_columns_with_units(tmp_path: Path) -> None:
    drawing = read(
        tmp_path, nodes="id,site,address,monitor,icmp_interval_seconds\nnoc,s,198.18.0.1,icmp,0.5\nodp,s,,none,\n"
    )
    node = drawing.draft.nodes[0]
    assert node.probe is not None
    assert node.probe.icmp is not None
    assert node.probe.icmp.interval == 0.5
    assert drawing.draft.nodes[1].probe is None


def test_findings_name_the_row(tmp_path: Path) -> None:
    drawing = read(
        tmp_path,
        sites='id,name,kind\ns,"two\nlines",noc\nv,Desa,vilage\n',
        nodes="id,site,address\nnoc,s,198.18.0.1\n\nodp,z,198.18.0.1\n",
        links="id,a,b,length_km\nl,noc,ghost,seven\nm,noc,odp,\n",
    )
    assert findings(drawing) == [
        ("links.csv", 2, "unknown-node"),
        ("links.csv", 2, "wrong-type"),
        ("nodes.csv", 4, "duplicate-address"),
        ("nodes.csv", 4, "unknown-site"),
        ("sites.csv", 2, "bad-text"),
        ("sites.csv", 4, "bad-value"),
    ]


@pytest.mark.parametrize(
    ("links", "line", "says"),
    [
        ("", 1, "is empty"),
        ("id,a,b,lenght_km\n", 1, 'did you mean "length_km"?'),
        ("id,a,b,length_of_fibre\n", 1, 'did you mean "length_km"?'),
        ("id,a,b,a\n", 1, "column a stands twice"),
        ("a,b\nnoc,odp\n", 1, "has no column id"),
        ('id,a,b\nl,"noc,odp\n', 3, "not CSV"),
        ("id,a,b\nl,noc,odp,7,2\n", 2, "has 5 cells"),
        (b"id,a,b\nl\xe9,noc,odp\n", 2, "not UTF-8"),
    ],
)
def test_a_broken_sheet_says_where(links: str | bytes, line: int, says: str, tmp_path: Path) -> None:
    problems = [problem for problem in read(tmp_path, links=links).problems if Path(problem.file).name == "links.csv"]
    assert problems[0].line == line
    assert says in str(problems[0])
    assert problems[0].code in ("bad-sheet", "unreadable")


@pytest.mark.parametrize(
    ("column", "meant"), [("Latitude", "lat_degrees"), ("lon", "lon_degrees"), ("label", None), ("idle", None)]
)
def test_names_of_columns_that_others_use_lead_to_ours(column: str, meant: str | None, tmp_path: Path) -> None:
    problems = read(tmp_path, sites=f"id,{column}\n").problems
    hints = [one.hint for one in problems if one.message == f'unknown column "{column.lower()}"']
    assert hints == ["" if meant is None else f'did you mean "{meant}"?']


def test_a_missing_sheet_is_one_finding(tmp_path: Path) -> None:
    folder_of(tmp_path)
    (tmp_path / "sites.csv").unlink()
    assert findings(read_sheets(tmp_path, HEAD)) == [("sites.csv", 0, "unreadable")]


def test_without_a_head_it_says_what_is_missing(tmp_path: Path) -> None:
    problems = read_sheets(folder_of(tmp_path)).problems
    assert [problem.message for problem in problems] == [
        "region is missing",
        "vantage is missing",
        "version is missing",
    ]
    assert {problem.hint for problem in problems} == {"write network.yaml beside the sheets, or say it in options"}


def test_a_head_from_two_sides_is_refused(tmp_path: Path) -> None:
    folder_of(tmp_path)
    (tmp_path / "network.yaml").write_text("version: 1\nregion: u\nvantage: {node: noc}\n")
    assert {code for _, _, code in findings(read_sheets(tmp_path, HEAD))} == {"stands-twice"}


def test_every_key_of_the_contract_has_a_column() -> None:
    for section, model in SECTIONS.items():
        assert {column.path[0] for column in SHEETS[section]} == set(model.model_fields), section


@every_row("text", ["1_000", "٣", "1.234,5", "7 km", "nan", "--1", "1e9999"])
def test_odd_numbers_stay_text(text: str) -> None:
    assert read_cell(text, "number", decimal_comma=False) == text


def test_a_token_stands_beside_its_sheet_and_never_in_it(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("0123456789abcdef\n", encoding="ascii")
    services = "id,site,kind,interval_seconds,heartbeat_file\nkios,s,kiosk,300,token\n"
    drawing = read(tmp_path, services=services)
    assert drawing.errors == 0
    kiosk = inventory_of(drawing).services["kios"]
    assert (kiosk.probe, kiosk.heartbeat) == ("heartbeat", SecretRef(file=str(tmp_path / "token")))
    written = "".join(to_sheets(drawing.usable()).values())
    assert "0123456789abcdef" not in written
    assert str(tmp_path / "token") in written
    document = to_document(inventory_of(drawing))
    assert from_document(document).services["kios"] == kiosk
    assert "0123456789abcdef" not in repr(document)
