"""What is typed as a moment, a length of time or an address: taken, or refused in one line, however odd."""

from __future__ import annotations

import pytest

from netmon.cli.serving import split_address
from netmon.cli.times import length, moment
from netmon.clock import rfc3339
from netmon.errors import UsageError
from tests.rows import every_row


@every_row("text", ["9" * 5_000 + "d", "9" * 400 + "s", "999999d", "1", "d", "-1d", "²d", "١d", "1e3s"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--for"):
        length(text, "--for", least=1.0)


def test_a_length_may_be_a_century() -> None:
    assert length("36525d", "--for", least=1.0) == 36_525 * 86_400.0


@every_row("text", ["0001-01-01", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-23:00", "noon"])
def test_what_is_no_time_of_netmons_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--at"):
        moment(text, "--at")


@pytest.mark.parametrize("text", ["1970-01-01", "2999-12-31T23:59:59Z"])
def test_every_time_that_is_taken_can_be_written(text: str) -> None:
    assert (rfc3339(moment(text, "--at")) or "").startswith(text[:10])


@every_row("text", ["127.0.0.1:²", "127.0.0.1:" + "9" * 5_000, ":-1", ":", "a", "a:65536"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not an address"):
        split_address(text)
