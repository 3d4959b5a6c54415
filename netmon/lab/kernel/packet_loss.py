"""Random loss on one port, by nf_tables over netlink: no external program, and no privilege beyond the namespace.

The rule reads `iif == PORT and a random number of 10,000 < N: drop` in a prerouting hook, which sees what is
forwarded and what is for the node itself. netem would do as well but is missing from many kernels. Layouts:
linux/netfilter/nf_tables.h.
"""

from __future__ import annotations

import errno
import socket
import struct

from netmon.errors import CannotError
from netmon.lab.kernel.netlink import Netlink, attribute, message

_NETLINK_NETFILTER = 12  # not in the socket module
_NFPROTO_INET = 1
_NFNL_BATCH_BEGIN, _NFNL_BATCH_END = 16, 17
_SUBSYSTEM_NFTABLES = 10
_NEWTABLE, _DELTABLE, _NEWCHAIN, _NEWRULE = 0, 2, 3, 6
_NLM_F_ACK, _NLM_F_CREATE, _NLM_F_APPEND = 0x4, 0x400, 0x800
_NESTED = 0x8000
_HOOK_PREROUTING, _RAW_PRIORITY = 0, -300
_META_IIF, _NUMGEN_RANDOM, _CMP_EQ, _CMP_LT, _DROP = 4, 1, 0, 2, 0
_REG = 8  # NFT_REG32_00
_STEPS = 10_000


def set_loss(index: int, ratio: float) -> None:
    """Drop `ratio` (0 to 1) of the packets that arrive at port `index` of the namespace this process is in.

    Raises:
        CannotError: the kernel has no nf_tables, or not its random numbers.
    """
    table = f"netmon{index}".encode() + b"\0"
    control = Netlink(_NETLINK_NETFILTER)
    try:
        # Adding the table first makes its removal, and so the whole change, independent of what was there.
        requests = [_named_table(_NEWTABLE, table), _named_table(_DELTABLE, table)]
        if ratio > 0:
            requests += [_named_table(_NEWTABLE, table), _chain(table), _rule(table, index, round(ratio * _STEPS))]
        control.transact([_batch(_NFNL_BATCH_BEGIN), *requests, _batch(_NFNL_BATCH_END)])
    except OSError as error:
        word = errno.errorcode.get(error.errno or 0, "refused")
        raise CannotError(
            f"this kernel cannot lose packets at random (nf_tables: {word})",
            "load the modules nf_tables and nft_numgen (`modprobe -a nf_tables nft_numgen`), or cut the link instead",
        ) from error
    finally:
        control.close()


def _number(value: int) -> bytes:
    return struct.pack("!I", value)


def _nested(kind: int, value: bytes) -> bytes:
    return attribute(kind | _NESTED, value)


def _batch(kind: int) -> bytes:
    return message(kind, 0, struct.pack("!BBH", socket.AF_UNSPEC, 0, _SUBSYSTEM_NFTABLES))


def _request(kind: int, flags: int, body: bytes) -> bytes:
    header = struct.pack("!BBH", _NFPROTO_INET, 0, 0)
    return message(_SUBSYSTEM_NFTABLES << 8 | kind, flags | _NLM_F_ACK, header + body)


def _named_table(kind: int, table: bytes) -> bytes:
    return _request(kind, _NLM_F_CREATE if kind == _NEWTABLE else 0, attribute(1, table))


def _chain(table: bytes) -> bytes:
    hook = attribute(1, _number(_HOOK_PREROUTING)) + attribute(2, struct.pack("!i", _RAW_PRIORITY))
    body = attribute(1, table) + attribute(3, b"loss\0") + _nested(4, hook) + attribute(7, b"filter\0")
    return _request(_NEWCHAIN, _NLM_F_CREATE, body)


def _rule(table: bytes, index: int, below: int) -> bytes:
    expressions = (
        _expression(b"meta\0", attribute(1, _number(_REG)) + attribute(2, _number(_META_IIF)))
        + _compare(_CMP_EQ, struct.pack("=I", index))  # interface indices are in host order
        + _expression(
            b"numgen\0",
            attribute(1, _number(_REG))
            + attribute(2, _number(_STEPS))
            + attribute(3, _number(_NUMGEN_RANDOM))
            + attribute(4, _number(0)),
        )
        # nft compares bytes, so a number must be put into network order before "less than" makes sense.
        + _to_network_order()
        + _compare(_CMP_LT, _number(below))
        + _drop()
    )
    body = attribute(1, table) + attribute(2, b"loss\0") + _nested(4, expressions)
    return _request(_NEWRULE, _NLM_F_CREATE | _NLM_F_APPEND, body)


def _expression(name: bytes, data: bytes) -> bytes:
    return _nested(1, attribute(1, name) + _nested(2, data))


def _compare(operator: int, value: bytes) -> bytes:
    data = attribute(1, _number(_REG)) + attribute(2, _number(operator)) + _nested(3, attribute(1, value))
    return _expression(b"cmp\0", data)


def _to_network_order() -> bytes:
    fields = (_REG, _REG, 1, 4, 4)  # source, destination, NFT_BYTEORDER_HTON, length, size
    return _expression(
        b"byteorder\0", b"".join(attribute(kind, _number(value)) for kind, value in enumerate(fields, 1))
    )


def _drop() -> bytes:
    verdict = _nested(2, attribute(1, _number(_DROP)))
    return _expression(b"immediate\0", attribute(1, _number(0)) + _nested(2, verdict))
