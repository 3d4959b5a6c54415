"""The agent against requests encoded by the poller's codec, and against noise."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.lab.routers.agent import LARGEST_RESPONSE, Arcs, Content, Mib, community_of, respond
from netmon.probes.snmp import ber
from netmon.probes.snmp.pdu import V1, V2C, ErrorStatus, Kind, Request, Response, decode_response, encode_request
from tests.draws import chances

COMMUNITY = b"field"
ID = 1 << 30


def _objects(chance: Random, count: int) -> dict[Arcs, bytes]:
    """Return objects whose numbers have as many octets as they may, one as often as five."""
    names = (
        (43, *(chance.randrange(2 ** chance.choice((7, 14, 21, 32))) for _ in range(chance.randint(0, 6))))
        for _ in range(count)
    )
    return {name: number(chance.randint(0, 1000)) for name in names}


def number(value: int) -> bytes:
    return ber.encode_integer(value)


def counter64(value: int) -> bytes:
    return ber.tlv(ber.COUNTER64, value.to_bytes(4, "big"))


def ask(mib: Mib, kind: Kind, *asked: Arcs, version: int = V2C, repetitions: int = 0) -> Response:
    request = Request(kind, tuple(ber.encode_arcs(name) for name in asked), repetitions)
    datagram = respond(mib, COMMUNITY, encode_request(version, COMMUNITY, ID, request), 5.0)
    assert datagram is not None
    response = decode_response(datagram, {ID})
    assert response is not None
    return response


def shown(response: Response) -> list[tuple[Arcs, int, ber.Value]]:
    return [(ber.arcs(name), tag, value) for name, tag, value in response.varbinds]


SMALL = Mib({(43, 1): number(1), (43, 2, 7): counter64(2), (43, 200): number(3), (43, 16384): number(4)})


@given(st.builds(_objects, chances, st.integers(1, 30)), st.integers(1, 50))
def test_walks_by_get_next_and_by_bulk_see_every_object_in_order(
    objects: dict[Arcs, bytes], repetitions: int
) -> None:
    mib = Mib({name: content for name, content in objects.items() if name != (43,)} | {(43, 0): number(0)})
    for kind in (Kind.GET_NEXT, Kind.GET_BULK):
        seen: list[Arcs] = []
        name: Arcs = (43,)
        for _ in range(2 * len(mib)):
            rows = shown(ask(mib, kind, name, repetitions=repetitions))
            seen += [found for found, tag, _ in rows if tag != ber.END_OF_MIB_VIEW]
            if any(tag == ber.END_OF_MIB_VIEW for _, tag, _ in rows):
                break
            name = rows[-1][0]
        assert seen == sorted(({*objects} - {(43,)}) | {(43, 0)})


def test_values_are_made_at_the_moment_of_the_question() -> None:
    contents: dict[Arcs, Content] = {(43, 1): lambda at: number(int(at))}
    assert shown(ask(Mib(contents), Kind.GET, (43, 1))) == [((43, 1), ber.INTEGER, 5)]


def test_version_2_says_in_the_binding_what_is_missing() -> None:
    rows = shown(ask(SMALL, Kind.GET, (43, 1), (43, 9)))
    assert rows == [((43, 1), ber.INTEGER, 1), ((43, 9), ber.NO_SUCH_INSTANCE, None)]
    assert shown(ask(SMALL, Kind.GET_NEXT, (43, 16384))) == [((43, 16384), ber.END_OF_MIB_VIEW, None)]


def test_version_1_says_it_in_the_error_status() -> None:
    response = ask(SMALL, Kind.GET, (43, 1), (43, 9), version=V1)
    assert (response.error_status, response.error_index) == (ErrorStatus.NO_SUCH_NAME, 2)
    response = ask(SMALL, Kind.GET_NEXT, (43, 16384), version=V1)
    assert (response.error_status, response.error_index) == (ErrorStatus.NO_SUCH_NAME, 1)


def test_version_1_never_sees_a_64_bit_counter() -> None:
    assert ask(SMALL, Kind.GET, (43, 2, 7), version=V1).error_status == ErrorStatus.NO_SUCH_NAME
    assert shown(ask(SMALL, Kind.GET_NEXT, (43, 1), version=V1)) == [((43, 200), ber.INTEGER, 3)]
    assert shown(ask(SMALL, Kind.GET_NEXT, (43, 1)))[0][0] == (43, 2, 7)


def test_bulk_reads_columns_side_by_side() -> None:
    mib = Mib({(43, column, row): number(10 * column + row) for column in (1, 2) for row in (1, 2, 3)})
    rows = shown(ask(mib, Kind.GET_BULK, (43, 1), (43, 2), repetitions=2))
    assert [value for _, _, value in rows] == [11, 21, 12, 22]


def test_bulk_stops_one_row_behind_the_end() -> None:
    rows = shown(ask(SMALL, Kind.GET_BULK, (43, 200), repetitions=1000))
    assert [tag for _, tag, _ in rows] == [ber.INTEGER, ber.END_OF_MIB_VIEW]


def test_bulk_gives_what_fits_and_get_says_too_big() -> None:
    text = ber.tlv(ber.OCTET_STRING, b"x" * 200)
    mib = Mib({(43, row): text for row in range(30)})
    request = encode_request(V2C, COMMUNITY, ID, Request(Kind.GET_BULK, (ber.encode_arcs((43,)),), 1_000_000))
    datagram = respond(mib, COMMUNITY, request, 0.0)
    assert datagram is not None
    assert LARGEST_RESPONSE - 250 < len(datagram) <= LARGEST_RESPONSE
    response = ask(mib, Kind.GET, *((43, row) for row in range(30)))
    assert response.error_status == ErrorStatus.TOO_BIG


def test_a_wrong_community_and_version_3_get_no_answer() -> None:
    request = Request(Kind.GET, (ber.encode_arcs((43, 1)),))
    assert respond(SMALL, COMMUNITY, encode_request(V2C, b"guess", ID, request), 0.0) is None
    assert respond(SMALL, COMMUNITY, encode_request(3, COMMUNITY, ID, request), 0.0) is None
    assert community_of(encode_request(V2C, b"guess", ID, request)) == b"guess"


def test_version_1_has_no_bulk() -> None:
    request = encode_request(V2C, COMMUNITY, ID, Request(Kind.GET_BULK, (ber.encode_arcs((43, 1)),), 5))
    assert respond(SMALL, COMMUNITY, request.replace(number(V2C), number(V1), 1), 0.0) is None


@pytest.mark.parametrize("version", [V1, V2C])
def test_set_is_refused(version: int) -> None:
    request = encode_request(version, COMMUNITY, ID, Request(Kind.GET, (ber.encode_arcs((43, 1)),)))
    datagram = respond(SMALL, COMMUNITY, request.replace(bytes((Kind.GET,)), b"\xa3", 1), 0.0)
    assert datagram is not None
    response = decode_response(datagram, {ID})
    assert response is not None
    assert response.error_status != ErrorStatus.NO_ERROR


@given(st.binary(max_size=80))
def test_noise_gets_no_answer(noise: bytes) -> None:
    assert respond(SMALL, COMMUNITY, noise, 0.0) is None


@given(st.data())
def test_damaged_requests_never_break_the_agent(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([Kind.GET, Kind.GET_NEXT, Kind.GET_BULK]))
    request = bytearray(encode_request(V2C, COMMUNITY, ID, Request(kind, (ber.encode_arcs((43, 1)),), 3)))
    for _ in range(data.draw(st.integers(1, 4))):
        request[data.draw(st.integers(0, len(request) - 1))] = data.draw(st.integers(0, 255))
    answer = respond(SMALL, COMMUNITY, bytes(request), 0.0)
    assert answer is None or len(answer) <= LARGEST_RESPONSE
