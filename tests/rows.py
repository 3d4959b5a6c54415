"""Tables whose rows are tried in one test: pytest takes longer to begin a test than many a row takes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from inspect import Signature
from typing import Any

import pytest

__all__ = ["every_row"]


def every_row(
    names: str | Sequence[str], rows: Collection[Any]
) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Return what makes a function a test of all rows: `parametrize` for what takes microseconds and no fixture.

    Each row is tried, and each that fails is told with its values.

    Args:
        names: the argument that a row is, or those that it holds.
        rows: at least one.
    """
    assert rows
    named = (names,) if isinstance(names, str) else tuple(names)

    def decorate(test: Callable[..., None]) -> Callable[[], None]:
        def tried() -> None:
            failed: list[BaseException] = []
            for number, row in enumerate(rows):
                given = dict(zip(named, (row,) if isinstance(names, str) else row, strict=True))
                try:
                    test(**given)
                except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 (it is raised when all are tried)
                    error.add_note(f"in row {number}: {', '.join(f'{name}={one!r}' for name, one in given.items())}")
                    failed.append(error)
            if len(failed) > 1:
                raise BaseExceptionGroup(f"{len(failed)} of {len(rows)} rows", failed)
            if failed:
                raise failed[0]

        tried.__name__, tried.__qualname__, tried.__module__ = test.__name__, test.__qualname__, test.__module__
        tried.__doc__ = test.__doc__
        vars(tried).update(vars(test), __wrapped__=test, __signature__=Signature())
        return tried

    return decorate
