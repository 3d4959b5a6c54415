"""What tests of several rooms of the lab are given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab.forked_labs import forked_labs


@pytest.fixture(autouse=True, scope="module")
def _labs() -> Iterator[None]:
    """Fork the processes of labs; how they begin and end by themselves is what test_lab_lifetime.py is about."""
    with forked_labs():
        yield
