"""Why an SNMP poll, or a part of one, has no answer. Failure is data: it is returned and counted, not raised."""

from __future__ import annotations

from enum import StrEnum


class Failure(StrEnum):
    """The ways in which asking an agent fails."""

    TIMEOUT = "timeout"  # no answer: away, silent, or it does not accept the community
    SEND = "send"  # this machine could not send (no route, no permission)
    MALFORMED = "malformed"  # only datagrams that are not SNMP responses came back
    PROTOCOL = "protocol"  # a well-formed response that does not fit the request
    ERROR_STATUS = "error_status"  # the agent answered with an error such as genErr
    TOO_BIG = "too_big"  # the agent cannot fit even one value into a response
    TRUNCATED = "truncated"  # a response without any value
    LOOP = "loop"  # object identifiers that do not increase
    ENDLESS = "endless"  # a table with more rows than any router has
    DEADLINE = "deadline"  # the poll's time was used up
    BUDGET = "budget"  # the poll's requests or values were used up
    CREDENTIALS = "credentials"  # the secret cannot be read, or the inventory names none
    AUTHENTICATION = "authentication"  # version 3: the agent refuses the user, its password or its level
    PRIVACY = "privacy"  # version 3: the agent answers, but not what is encrypted with this password
    INTERNAL = "internal"  # a mistake in netmon; logged with its traceback


ENDS_POLL = frozenset(
    {
        Failure.TIMEOUT,
        Failure.SEND,
        Failure.DEADLINE,
        Failure.BUDGET,
        Failure.AUTHENTICATION,
        Failure.PRIVACY,
    }
)
"""After these nothing more will come."""
