"""Names of parts of devices."""

from __future__ import annotations

from netmon.probes.vendors.rows import EntityRow

ENTITIES = {
    1: EntityRow(1, kind="port", name="sfp1", description="rx power", port="sfp1"),
    2: EntityRow(2, kind="power supply", name="PSU", description="tx power", port="sfp1"),
    3: EntityRow(3, kind="fan", name="input", description="output"),
}
