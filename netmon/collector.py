"""Rest for Python's cyclic collector while much is made of which nothing is garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep the cyclic collector from walking, again and again, what only grows; also as a decorator of functions.

    It rests in the whole process. Of threads that do so at once, the first that is done lets it work again: none
    leaves it off for good.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
