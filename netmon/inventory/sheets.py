"""The spreadsheets of an inventory: which columns they have, and how a cell is written and read.

One file for each kind of entry: `sites.csv`, `nodes.csv`, `links.csv`, `cables.csv`, `services.csv`,
`maintenance.csv`, `contracts.csv`; units stand in the names of columns. What fits no table (region, vantage,
credentials, defaults) is in `network.yaml` beside them. An empty cell says nothing: what it could
have said is inherited or built in.

A cell that begins with `=`, `+`, `-`, `@`, tab or line break would be run by a spreadsheet as a formula (OWASP, "CSV
Injection"). Such text gets an apostrophe in front when it is written, and loses it when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

Cell = Literal["text", "body", "number", "whole", "yes-no", "list"]

NETWORK: Final = "network.yaml"
NOTHING: Final = "none"
"""An empty list that is not the same as silence: `monitor` of a node that is never probed."""

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r\n]")
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})(?:[eE][-+]?[0-9]{1,3})?")
YES_NO: Final = {
    **dict.fromkeys(("true", "yes", "1", "ya", "benar"), True),
    **dict.fromkeys(("false", "no", "0", "tidak", "salah"), False),
}


class Column(NamedTuple):
    """One column: its name in the header, where its value stands in an entry, and how it is written."""

    name: str
    path: tuple[str, ...]
    cell: Cell = "text"


def _one(key: str, cell: Cell = "text", unit: str = "") -> Column:
    return Column(key + unit, (key,), cell)


_PROBES: Final = (
    Column("icmp_interval_seconds", ("probe", "icmp", "interval"), "number"),
    Column("snmp_interval_seconds", ("probe", "snmp", "interval"), "number"),
    Column("snmp_auth", ("probe", "snmp", "auth")),
    Column("snmp_port", ("probe", "snmp", "port"), "whole"),
    Column("snmp_timeout_seconds", ("probe", "snmp", "timeout"), "number"),
    Column("snmp_retries", ("probe", "snmp", "retries"), "whole"),
)

SHEETS: Final[Mapping[str, tuple[Column, ...]]] = {
    "cables": (_one("id"), _one("name"), _one("length_km", "number")),
    "sites": (
        _one("id"),
        _one("name"),
        _one("kind"),
        _one("district"),
        _one("lat", "number", "_degrees"),
        _one("lon", "number", "_degrees"),
        _one("served", "yes-no"),
        _one("people", "whole"),
        *_PROBES,
    ),
    "nodes": (
        _one("id"),
        _one("site"),
        _one("address"),
        _one("role"),
        _one("monitor", "list"),
        _one("power_area"),
        *_PROBES,
    ),
    "links": (
        _one("id"),
        _one("a"),
        _one("b"),
        _one("kind"),
        _one("length_km", "number"),
        _one("cables", "list"),
        _one("supplier"),
        _one("contract_mbps", "number"),
        _one("expect_receive_dbm", "number"),
        _one("spare", "yes-no"),
        _one("contract"),
        Column("speed_test_host", ("speed_test", "host")),
        Column("speed_test_port", ("speed_test", "port"), "whole"),
        Column("speed_test_interval_seconds", ("speed_test", "interval"), "number"),
        Column("speed_test_seconds", ("speed_test", "seconds"), "whole"),
        Column("speed_test_mbps", ("speed_test", "mbps"), "number"),
    ),
    "services": (
        _one("id"),
        _one("site"),
        _one("kind"),
        _one("url"),
        _one("depends_on", "list"),
        _one("interval", "number", "_seconds"),
        _one("timeout", "number", "_seconds"),
        _one("expect_status", "whole"),
        _one("expect_body", "body"),
        _one("host"),
        _one("port", "whole"),
        _one("query"),
        _one("record"),
        _one("expect_answer"),
        _one("family"),
        Column("heartbeat_env", ("heartbeat", "env")),
        Column("heartbeat_file", ("heartbeat", "file")),
    ),
    "maintenance": (_one("id"), _one("element"), _one("start"), _one("end"), _one("note", "body")),
    "contracts": (
        _one("id"),
        _one("supplier"),
        _one("committed_percent", "number"),
        _one("monthly_fee", "number"),
        _one("mbps", "number"),
    ),
}
"""Columns by section of the document, in the order in which they are written."""


def write_cell(value: Any, cell: Cell) -> str:
    """Return a value as the text of a cell; None is an empty one."""
    if value is None:
        return ""
    if cell == "list":
        return " ".join(value) or NOTHING
    if cell == "yes-no":
        return "yes" if value else "no"
    if cell in ("number", "whole"):
        return repr(int(value)) if float(value).is_integer() else repr(value)
    return guard(str(value))


def guard(text: str) -> str:
    """Return a text as a cell that no spreadsheet runs as a formula; `read_cell` takes the guard away again."""
    return "'" + text if _FORMULA.match(text) else text


def read_cell(text: str, cell: Cell, *, decimal_comma: bool) -> Any:
    """Return the value of a cell that is not empty; what cannot be read stays text, for the schema to refuse.

    Args:
        text: the cell.
        cell: what its column holds.
        decimal_comma: whether `7,2` is a number, as in files whose columns are separated by semicolons.
    """
    if _GUARDED.match(text):
        text = text[1:]
    if cell == "body":
        return text
    text = text.strip()
    if cell == "list":
        return [] if text.lower() == NOTHING else text.replace(",", " ").split()
    if cell == "yes-no":
        return YES_NO.get(text.lower(), text)
    if cell in ("number", "whole"):
        return _number(text.replace(",", ".") if decimal_comma else text)
    return text


def _number(text: str) -> Any:
    if not _NUMBER.fullmatch(text):
        return text
    return int(text) if text.lstrip("+-").isdigit() else float(text)
