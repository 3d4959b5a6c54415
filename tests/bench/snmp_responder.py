"""Answer SNMP on a port of loopback as a router of 23 ports would, from prepared datagrams: `python -m … PORT`."""

from __future__ import annotations

import socket
import sys

from netmon.probes.snmp.ber import Value
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import Request
from netmon.probes.snmp.transport import raise_receive_buffer
from netmon.probes.vendors import interfaces, system
from tests.lab.snmp_agents import HOST, decode_request
from tests.unit.probes.snmp.agents import Agent, encode_response, table

PORTS = 23
PLACE = bytes(4)


def router() -> dict[bytes, Value]:
    rows = range(1, PORTS + 1)
    scalars: dict[bytes, Value] = {name: 1234 for name in system.SCALARS}  # noqa: C420 (an explicit value type)
    return scalars | table(
        {
            column: {(i,): b"sfp-sfpplus%d" % i if column == interfaces.NAME else 1_000_000 + i for i in rows}
            for column in interfaces.COLUMNS
        }
    )


def main() -> None:
    agent = Agent(router())
    prepared: dict[Request, tuple[bytes, bytes]] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as serving:
        raise_receive_buffer(serving)
        serving.bind((HOST, int(sys.argv[1])))
        while True:
            datagram, source = serving.recvfrom(65535)
            request, request_id = decode_request(datagram)
            if request not in prepared:
                answer = agent.answer(request)
                assert not isinstance(answer, Failure)
                before, _, after = encode_response(1 << 30, answer.varbinds).partition((1 << 30).to_bytes(4, "big"))
                prepared[request] = (before, after)
            before, after = prepared[request]
            serving.sendto(before + request_id.to_bytes(4, "big") + after, source)


if __name__ == "__main__":
    main()
