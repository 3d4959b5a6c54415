"""What tests of several rooms are given."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import NoReturn

import pytest


class _Kept(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Return what is logged from now on: each message, with its traceback where it has one.

    It is what `caplog` gives, which costs every test a tenth of a millisecond, whether it asks for it or not.
    """
    kept = _Kept()
    logging.getLogger().addHandler(kept)
    yield kept.texts
    logging.getLogger().removeHandler(kept)


@pytest.fixture
def caplog() -> NoReturn:
    """Refuse what `make unit` does without, however a test is begun."""
    pytest.fail("ask for `logged` instead")
