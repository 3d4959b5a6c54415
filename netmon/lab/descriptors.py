"""The number of files this process may have open: a lab holds a few for every node."""

from __future__ import annotations

import errno
import os
import resource

_BESIDE = 128
"""Descriptors for everything that is not a node: connections, the loop, handed-over sockets."""


def allow_descriptors(needed: int) -> None:
    """Raise the soft limit to the hard one.

    Raises:
        OSError: EMFILE, when even that is too low.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < needed + _BESIDE:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
