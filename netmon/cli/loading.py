"""An interrupt while modules are loaded: there is nothing to tell of yet, and nothing to clean up."""

from __future__ import annotations

import os
import signal
from types import FrameType, TracebackType

INTERRUPTED = 130
"""Exit code of what an interrupt has ended, as shells have it: 128 and the number of the signal."""


class Loading:
    """Within it an interrupt ends the process at once and quietly.

    As an exception it would come up in the midst of a library, which may show it in its own way; some callbacks
    of the import system swallow it. Where interrupts are ignored, or somebody else hears them, they still are.
    """

    def __enter__(self) -> None:
        """Begin to load."""
        self._swap(signal.default_int_handler, _end)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Let interrupts be exceptions again."""
        self._swap(_end, signal.default_int_handler)

    def _swap(self, before: object, after: signal._HANDLER) -> None:
        if signal.getsignal(signal.SIGINT) is before:
            try:
                signal.signal(signal.SIGINT, after)
            except ValueError:  # not the main thread, which alone gets interrupts
                return


def _end(_number: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)
