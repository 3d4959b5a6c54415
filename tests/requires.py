"""Real components that tests need: skipped where missing, but a failure when CI=true says all must be there."""

from __future__ import annotations

import os
import shutil

import pytest


def require(condition: bool, reason: str) -> None:
    """Skip the test unless `condition` holds; with CI=true fail it instead."""
    if condition:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have this: {reason}")
    pytest.skip(reason)


def require_program(name: str) -> str:
    """Return the path of a program, or skip (CI: fail)."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    require(path is not None, f"{name} is not installed")
    assert path is not None
    return path
