from __future__ import annotations

from pathlib import Path

import pytest

from netmon.errors import ConfigError, Severity
from netmon.inventory.secrets import reveal, trouble_with
from netmon.model import SecretRef


def test_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETMON_TEST", "hunter2")
    assert reveal(SecretRef(env="NETMON_TEST")) == "hunter2"


@pytest.mark.parametrize("value", [None, ""])
def test_an_unset_variable(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NETMON_TEST", raising=False)
    if value is not None:
        monkeypatch.setenv("NETMON_TEST", value)
    with pytest.raises(ConfigError, match="environment variable NETMON_TEST is not set"):
        reveal(SecretRef(env="NETMON_TEST"))


@pytest.mark.parametrize(
    ("content", "secret"),
    [(b"hunter2", "hunter2"), (b"hunter2\n", "hunter2"), (b"hunter2\r\n", "hunter2"), (b" h 2 \n\n", " h 2 \n")],
)
def test_a_file(content: bytes, secret: str, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    assert reveal(SecretRef(file=str(path))) == secret


@pytest.mark.parametrize("content", [None, b"", b"\n", b"hunter2\xff", b"hunter2" * 1000])
def test_errors_name_the_file_never_the_secret(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        reveal(SecretRef(file=str(path)))
    assert str(path) in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_what_only_this_process_lacks_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NETMON_TEST", raising=False)
    unset = trouble_with(SecretRef(env="NETMON_TEST"))
    missing = trouble_with(SecretRef(file=str(tmp_path / "missing")))
    assert unset is not None
    assert missing is not None
    assert (unset[0], missing[0]) == (Severity.WARNING, Severity.ERROR)

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    hidden = trouble_with(SecretRef(file=str(tmp_path / "hidden")))
    assert hidden is not None
    assert hidden[0] is Severity.WARNING


def test_a_secret_that_is_there_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    assert trouble_with(SecretRef(file=str(tmp_path / "secret"))) is None
