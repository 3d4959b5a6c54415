"""A bench, run as a user types it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def bench(*arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "netmon", "bench", *arguments, "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert document["schema_version"] == 1
    return document
