"""Inventory files as text: which ones, how large, readable or not."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from netmon.inventory.yaml_read import Trouble, Unreadable

SUFFIXES: Final = (".yaml", ".yml")
MAX_BYTES: Final = 32 * 2**20
"""No file above 32 MiB is read: the county has 0.2 MiB, all 83,000 villages of Indonesia in one file 23 MiB."""


def inventory_files(path: Path) -> list[Path]:
    """Return the files of an inventory: the file itself, or the YAML files of a folder in the order of their names.

    Raises:
        Unreadable: there is nothing at `path`, or no YAML in the folder.
    """
    try:
        if not path.is_dir():
            path.stat()
            return [path]
        found = sorted(
            entry for entry in path.iterdir() if entry.suffix.lower() in SUFFIXES and not entry.name.startswith(".")
        )
    except OSError as error:
        raise Unreadable(_trouble(error)) from error
    if not found:
        raise Unreadable(
            Trouble(0, "no YAML file is in this folder", "an inventory is one .yaml file or a folder of them")
        )
    return found


def read_text(path: Path) -> str:
    """Return the text of one file.

    Raises:
        Unreadable: it is too large, not a regular file, not readable, or not UTF-8 (then with a guess at its text).
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(Trouble(0, "is not a regular file", "write the inventory to a file"))
        if status.st_size > MAX_BYTES:
            raise Unreadable(_too_large(status.st_size))
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(_trouble(error)) from error
    if len(content) > MAX_BYTES:  # it grew since
        raise Unreadable(_too_large(len(content)))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        guess = None if b"\0" in content else content.decode("latin-1")  # of UTF-16 not even words can be guessed
        raise Unreadable(Trouble(line, "is not UTF-8 text", "save the file as UTF-8"), guess) from None


def _too_large(size: int) -> Trouble:
    message = f"is {size / 2**20:.0f} MiB large; at most {MAX_BYTES // 2**20} MiB are read"
    return Trouble(0, message, "split the inventory into several files of one folder")


def _trouble(error: OSError) -> Trouble:
    reason = error.strerror or str(error)
    return Trouble(0, f"cannot be read: {reason}", "check the path and its permissions")
