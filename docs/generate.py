"""Write the reference pages that follow from code. `--check` writes nothing and exits 1 if a page is out of date."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

from netmon.exporter.api.openapi import openapi_text
from netmon.exporter.catalogue import CHAPTERS, PROBE, Metric

DOCS = Path(__file__).parent

METRICS_INTRODUCTION = """\
# Metrics

<!-- Written by docs/generate.py from netmon/exporter/catalogue.py; change that, not this. -->

`/metrics` on port 9840, in the Prometheus text format or OpenMetrics as the scraper asks, gzipped if it may be. Units
are base units. Labels identify; what describes a thing is in its `_info` metric, to be joined in PromQL:

```promql
netmon_node_up * on (node) group_left (site, role) netmon_node_info
```

Where a value may be unknown there are two metrics: `…_up` is 1 only when it is known to be up, and `…_known` tells a
known 0 from an unknown one. So a node is dark when `netmon_node_up == 0 and netmon_node_known == 1`, and worth a
page only `unless netmon_node_shadowed == 1`.

A target that leaves the inventory leaves `/metrics` at once. Beside these there are `process_…` and `python_gc_…` of
prometheus_client.
"""


def metrics_page() -> str:
    """Return the reference of all metrics."""
    lines = [METRICS_INTRODUCTION.rstrip()]
    for chapter in (*CHAPTERS, PROBE):
        lines += [
            "",
            f"## {chapter.title}",
            "",
            "| metric | type | labels | unit | meaning |",
            "|---|---|---|---|---|",
        ]
        lines += [_row(metric) for metric in chapter.metrics]
    return "\n".join(lines) + "\n"


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    return f"| `{metric.name}` | {metric.type} | {labels} | {metric.unit} | {metric.help} |"


def _made_by(neighbour: str) -> Callable[[], str]:
    """Return what makes a page in a file beside this one; docs/ is no package to import from."""
    return lambda: str(runpy.run_path(str(DOCS / neighbour))["page"]())


PAGES: dict[Path, Callable[[], str]] = {
    DOCS / "reference" / "metrics.md": metrics_page,
    DOCS / "schemas" / "openapi.json": openapi_text,
    DOCS / "reference" / "cli.md": _made_by("generate_cli.py"),
    DOCS / "reference" / "causes.md": _made_by("generate_causes.py"),
    DOCS / "reference" / "inventory.md": _made_by("generate_inventory.py"),
    DOCS / "reference" / "snmp.md": _made_by("generate_snmp.py"),
}


def main(arguments: list[str]) -> int:
    """Write the pages, or check them; return the exit code."""
    stale = [path for path, page in PAGES.items() if not path.exists() or path.read_text(encoding="utf-8") != page()]
    for path in stale:
        if "--check" not in arguments:
            path.write_text(PAGES[path](), encoding="utf-8")
        print(f"{path.relative_to(DOCS.parent)}: {'out of date' if '--check' in arguments else 'written'}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
