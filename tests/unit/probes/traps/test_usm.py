"""What is checked of a version 3 message before and beside its proof; the proof itself is tried in tests/lab."""

from __future__ import annotations

import pytest

from netmon.errors import ConfigError
from netmon.probes.traps.message import SecureHead
from netmon.probes.traps.usm import WINDOW, Credentials, SecureReceiver, Seen, is_timely
from tests.rows import every_row


def head(boots: int, time: int) -> SecureHead:
    return SecureHead(authenticated=True, encrypted=True, engine_id=b"engine", boots=boots, time=time, user=b"netmon")


@every_row(
    ("boots", "time", "timely"),
    [
        (7, 1_000, True),
        (7, 1_060, True),
        (7, 1_060 - WINDOW, True),
        (7, 1_059 - WINDOW, False),  # said long ago, sent again
        (6, 9_999, False),  # said before the last restart
        (8, 0, True),
    ],
)
def test_an_old_message_is_not_new(boots: int, time: int, timely: bool) -> None:
    seen = Seen(boots=7, time=1_000, at=50.0)
    assert is_timely(seen, head(boots, time), now=110.0) is timely


def test_the_first_word_of_an_engine_cannot_be_dated() -> None:
    assert is_timely(None, head(1, 1), now=0.0)


def test_levels_follow_from_what_is_configured() -> None:
    assert Credentials(b"u").level == 1
    assert Credentials(b"u", "sha256", "12345678").level == 2
    assert Credentials(b"u", "sha256", "12345678", "aes128", "12345678").level == 3


def test_credentials_do_not_show_their_passwords() -> None:
    shown = repr(Credentials(b"u", "sha256", "tell-nobody", "aes128", "nor-this-one"))
    assert "tell" not in shown
    assert "nor" not in shown


def test_a_short_password_is_refused_in_one_line() -> None:
    with pytest.raises(ConfigError, match="under 8 characters"):
        SecureReceiver(Credentials(b"u", "sha256", "short"), "county", 1)
