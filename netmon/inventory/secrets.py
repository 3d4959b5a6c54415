"""Secrets behind references: shown only to the socket code that uses them."""

from __future__ import annotations

import os
from pathlib import Path

from netmon.errors import ConfigError, Severity
from netmon.model import SecretRef

_LONGEST = 4096


def reveal(ref: SecretRef) -> str:
    """Return the secret that a reference leads to; one newline at the end of a file is not part of it.

    Raises:
        ConfigError: nothing is there, or it cannot be read. The message names the reference, never the secret.
    """
    if ref.env is not None:
        value = os.environ.get(ref.env)
        if not value:
            raise ConfigError(f"environment variable {ref.env} is not set", f"set {ref.env} to the secret")
        return value
    return _read(Path(ref.file or ""))


def trouble_with(ref: SecretRef) -> tuple[Severity, ConfigError] | None:
    """Return what keeps a secret from being revealed here and now, or None.

    A missing file is an error. What only this process lacks, a variable or a permission, the daemon may well have:
    that is a warning.
    """
    try:
        reveal(ref)
    except ConfigError as error:
        is_ours = ref.env is not None or isinstance(error.__cause__, PermissionError)
        return Severity.WARNING if is_ours else Severity.ERROR, error
    return None


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST + 1)
    except OSError as error:
        raise ConfigError(
            f"secret file {path} cannot be read: {error.strerror}", "create it, readable by netmon"
        ) from error
    if len(content) > _LONGEST:
        raise ConfigError(f"secret file {path} is longer than {_LONGEST} bytes", "keep the secret alone in it")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        # The decoder's own words would quote the bytes of the secret.
        raise ConfigError(f"secret file {path} is not UTF-8 text", "write the secret as text") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise ConfigError(f"secret file {path} is empty", "write the secret into it")
    return text
