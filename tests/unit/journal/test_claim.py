"""A lease never has two holders, whatever is delayed, lost or paused; and a free one is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from netmon.journal.lease.claim import BEAT, BUCKETS, QUICK, STAND_BACK, TERM, Claim, Claims, Part, Step, crowded
from tests.draws import together
from tests.rows import every_row


def test_a_lease_that_is_free_or_has_run_out_is_taken_and_one_that_is_held_is_not() -> None:
    claim = Claim("a")
    assert claim.step(0.0) is Step.TAKE
    held = claim.wrote(1, "a", sent=5.0)
    assert held.is_mine(5.0 + TERM - 0.1)
    assert not held.is_mine(5.0 + TERM)
    assert held.step(7.0) is Step.RENEW
    other = Claim("b").saw(1, "a", now=100.0)
    assert other.step(100.0 + TERM - 0.1) is Step.WAIT
    assert other.saw(1, "a", now=102.0).step(100.0 + TERM) is Step.TAKE
    assert other.saw(2, "a", now=102.0).step(100.0 + TERM) is Step.WAIT
    assert other.saw(3, "", now=101.0).step(101.0) is Step.TAKE


def test_a_renewal_that_came_through_unheard_is_not_counted_on() -> None:
    claim = Claim("a").wrote(1, "a", sent=5.0).saw(2, "a", now=6.0)
    assert not claim.is_mine(6.0)
    assert claim.step(6.0) is Step.RENEW


def test_one_that_says_when_it_was_sent_counts_from_then() -> None:
    claim = Claim("a").wrote(1, "a", sent=5.0).saw(2, "a", now=6.5, sent=5.5)
    assert claim.is_mine(5.5 + TERM - 0.1)
    assert not claim.is_mine(5.5 + TERM)


def test_who_gives_it_up_has_it_no_more_before_anybody_hears_of_it() -> None:
    claim = Claim("a").wrote(1, "a", sent=5.0).leaving(5.1)
    assert not claim.is_mine(5.1)
    assert claim.wrote(2, "", sent=5.1).step(5.2) is Step.TAKE


def test_a_claim_that_is_not_there_any_more_may_still_be_counted_on_by_who_had_it() -> None:
    gone = Claim("a").saw(7, "b", now=1.0).saw(0, "b", now=5.0)
    assert gone.step(5.0 + TERM - 0.1) is Step.WAIT
    assert gone.step(5.0 + TERM) is Step.TAKE


def test_who_found_another_acting_takes_nothing_until_that_one_had_time_to_write_itself_in() -> None:
    back = Claim("a").wrote(1, "a", sent=5.0).stood_back(6.0)
    assert not back.is_mine(6.1), "although its renewal has not run out"
    assert back.step(6.0 + STAND_BACK * TERM - 0.1) is Step.WAIT
    assert back.step(6.0 + STAND_BACK * TERM) is Step.RENEW, "nobody came"
    assert not back.is_mine(6.0 + STAND_BACK * TERM)
    taken = back.saw(2, "b", now=7.0)
    assert taken.step(7.0 + TERM) is Step.WAIT, "the other may just have died, and this one only stands back"


def several(*claims: Claim, at: float = 0.0, silent: Sequence[int] = ()) -> Claims:
    """Return claims of which all buckets have just been asked and answered, but for the silent ones."""
    return Claims(tuple(Part(claim, at, at - TERM if place in silent else at) for place, claim in enumerate(claims)))


FREE, OURS, THEIRS = Claim("a"), Claim("a").wrote(1, "a", 0.0), Claim("a").saw(1, "b", 0.0)


@every_row(
    ("claims", "silent", "steps"),
    [
        ((FREE, FREE, FREE), (), "take wait wait"),
        ((FREE, FREE, FREE), (0,), "wait take wait"),
        ((FREE, FREE, FREE), (0, 1), "wait wait wait"),
        ((OURS, FREE, FREE), (), "renew take take"),
        ((OURS, FREE, FREE), (1,), "renew wait take"),
        ((OURS, OURS, FREE), (), "renew renew take"),
        ((OURS, OURS, FREE), (0, 1), "renew renew take"),
        ((FREE, OURS, OURS), (), "take renew renew"),
        ((OURS, THEIRS, FREE), (), "renew wait take"),
        ((THEIRS, OURS, FREE), (), "wait leave wait"),
        ((OURS, THEIRS, THEIRS), (), "leave wait wait"),
        ((THEIRS, OURS, OURS), (), "wait renew renew"),
        ((THEIRS, FREE, FREE), (), "wait wait wait"),
        ((THEIRS, OURS, FREE), (0,), "wait renew take"),
    ],
)
def test_claims_are_taken_behind_the_first_that_answers_and_left_to_who_has_it(
    claims: tuple[Claim, ...], silent: Sequence[int], steps: str
) -> None:
    ours = several(*claims, silent=silent)
    assert [str(ours.step(place, 0.0)) for place in range(BUCKETS)] == steps.split()


def test_who_has_most_claims_holds_the_lease_and_who_has_been_seen_with_most_is_its_holder() -> None:
    assert several(OURS, OURS, THEIRS).is_mine(0.0)
    assert not several(OURS, OURS, THEIRS).is_wholly_mine(0.0)
    assert several(OURS, OURS, OURS).is_wholly_mine(0.0)
    assert not several(OURS, OURS, THEIRS).is_mine(TERM), "they have run out"
    assert several(OURS, OURS, THEIRS).holder == "a"
    assert several(OURS, THEIRS, THEIRS).holder == "b"
    assert several(OURS, THEIRS, FREE).holder == ""
    back = several(OURS, OURS, OURS).stood_back(1.0)
    assert not back.is_mine(1.0)
    assert {back.step(place, 1.0) for place in range(BUCKETS)} == {Step.WAIT}


def test_a_bucket_is_looked_at_each_beat_and_sooner_when_there_is_something_to_do() -> None:
    beat, quick = BEAT * TERM, QUICK * TERM
    assert several(OURS, OURS, OURS).due(0, 0.0) == beat
    assert several(OURS, OURS, FREE).due(2, 0.0) == quick
    assert several(THEIRS, OURS, FREE).due(1, 0.0) == quick, "it is left"
    late = several(THEIRS, THEIRS, THEIRS, at=TERM - 0.1)
    assert late.due(0, TERM - 0.1) == TERM, "when it runs out"
    asked = several(OURS, OURS, OURS).asked(1, 0.5)
    assert asked.due(1, 0.5) == 0.5 + quick, "no answer yet"
    assert asked.heard(1, OURS, 0.6).due(1, 0.6) == 0.5 + beat, "whenever it answers"


@every_row(
    ("leaders", "away", "moved"),
    [("xyz", "", None), ("xxz", "", 0), ("zxx", "", 1), ("xxx", "", 0), ("xxy", "z", None), ("xxx", "z", 0)],
)
def test_a_bucket_gets_another_leader_when_one_server_leads_two_and_another_none(
    leaders: str, away: str, moved: int | None
) -> None:
    places = [(leader, frozenset("xyz") - {leader, *away}) for leader in leaders]
    assert crowded(places) == moved


def test_a_server_by_itself_leads_all_buckets() -> None:
    assert crowded([("", frozenset())] * BUCKETS) is None


@dataclass
class Bucket:
    """A bucket as its server has it: who wrote each revision, and when by that one's clock."""

    written: list[tuple[str, float]] = field(default_factory=list)

    def write(self, last: int, holder: str, sent: float) -> bool:
        if last == len(self.written):
            self.written.append((holder, sent))
            return True
        return False

    def told(self, claim: Claim, now: float, back: int = 0) -> Claim:
        """Return the claim after a look, at what was there so many revisions ago."""
        revision = max(len(self.written) - back, 0)
        if not revision:
            return claim.saw(0, claim.holder, now)
        holder, sent = self.written[revision - 1]
        return claim.saw(revision, holder, now, sent)


@dataclass
class World:
    """Buckets, contenders whose clocks differ, and what is on its way to and from them."""

    skew: tuple[float, ...]
    now: float = 0.0
    buckets: list[Bucket] = field(default_factory=lambda: [Bucket() for _ in range(BUCKETS)])
    claims: dict[str, Claims] = field(default_factory=dict)
    sent: list[tuple[str, int, int, str, float]] = field(default_factory=list)
    answers: list[tuple[str, int, int, str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.skews = dict(zip("abc", self.skew, strict=True))
        self.claims = {name: Claims.begun(name, self.clock(name)) for name in "abc"}

    def clock(self, name: str) -> float:
        return self.now + self.skews[name]

    def read(self, name: str, place: int, back: int = 0) -> None:
        now = self.clock(name)
        told = self.buckets[place].told(self.claims[name].parts[place].claim, now, back)
        self.claims[name] = self.claims[name].heard(place, told, now)

    def send(self, name: str, place: int, *, by_order: bool) -> None:
        """Send what there is to do; without order, whatever the rule of one bucket allows."""
        claims, now = self.claims[name].asked(place, self.clock(name)), self.clock(name)
        claim = claims.parts[place].claim
        step = claims.step(place, now) if by_order else claim.step(now)
        if step is Step.LEAVE or (not by_order and step is Step.RENEW and not claims.is_mine(now)):
            claims = claims.leaving(place, now)
            self.sent.append((name, place, claim.revision, "", now))
        elif step is not Step.WAIT:
            self.sent.append((name, place, claim.revision, name, now))
        self.claims[name] = claims

    def arrive(self, which: int) -> bool:
        """Let one that is on its way arrive; return whether it was taken."""
        name, place, last, holder, sent = self.sent.pop(which % len(self.sent))
        is_taken = self.buckets[place].write(last, holder, sent)
        if is_taken:
            self.answers.append((name, place, last + 1, holder, sent))
        return is_taken

    def answer(self, which: int, *, is_lost: bool = False) -> None:
        name, place, revision, holder, sent = self.answers.pop(which % len(self.answers))
        claim = self.claims[name].parts[place].claim
        if not is_lost and revision > claim.revision:
            told = claim.wrote(revision, holder, sent)
            self.claims[name] = self.claims[name].heard(place, told, self.clock(name))

    def visit(self, name: str, place: int) -> None:
        """Visit a bucket as `lease` does, all of it in one moment."""
        self.claims[name] = self.claims[name].asked(place, self.clock(name))
        if self.claims[name].step(place, self.clock(name)) not in (Step.RENEW, Step.LEAVE):
            self.read(name, place)
        self.send(name, place, by_order=True)
        while self.sent:
            if self.arrive(0):
                self.answer(0)
            else:
                self.read(name, place)

    def holders(self) -> list[str]:
        return [name for name, claims in self.claims.items() if claims.is_mine(self.clock(name))]

    def live(self, seconds: float, alive: Sequence[str], dead: int | None) -> list[str]:
        """Let contenders do what is due for a while, one bucket being away; return who holds it, moment by moment.

        Each sleeps until the first of its buckets is due, as `lease` does: nobody else changes what it knows.
        """
        held, until = list[str](), self.now + seconds
        wakes = dict.fromkeys(alive, self.now)
        while self.now < until:
            is_changed = False
            for name in [name for name, at in wakes.items() if at <= self.now]:
                clock = self.clock(name)
                for place in range(BUCKETS):
                    if self.claims[name].due(place, clock) > clock:
                        continue
                    if place == dead:
                        self.claims[name] = self.claims[name].asked(place, clock)
                    else:
                        self.visit(name, place)
                        is_changed = True
                due = min([self.claims[name].due(place, clock) for place in range(BUCKETS)])
                wakes[name] = self.now + max(due - clock, 0.001)
            if is_changed:
                held.append("".join(self.holders()))
            self.now = min(wakes.values())
            held.append("".join(self.holders()))
        return held


MOVES = [*["visit"] * 6, "read", "read late", "send", "any", *["arrive"] * 2, "answer", "lose", *["run out"] * 3]
moves = st.lists(
    together("abc", range(BUCKETS), MOVES, [0.0, 0.0, 0.0, 0.0, 0.05, 0.5, 1.5]), min_size=20, max_size=100
)
skews = st.tuples(*[st.integers(-1000, 1000).map(float)] * 3)


def trouble(world: World, moves: Sequence[tuple[str, int, str, float]]) -> None:
    """Let all that happens, and look each time that no two hold the lease."""
    for name, place, move, passed in moves:
        if move == "visit":
            world.visit(name, place)
        elif move in {"read", "read late"}:
            world.read(name, place, back=move == "read late")
        elif move in {"send", "any"}:
            world.send(name, place, by_order=move == "send")
        elif move == "arrive" and world.sent:
            world.arrive(place)
        elif move in {"answer", "lose"} and world.answers:
            world.answer(place, is_lost=move == "lose")
        elif move == "run out":  # as this one knows it: then it may take it, and nobody must count on it any more
            claim = world.claims[name].parts[place].claim
            world.now += max(claim.since + claim.term - world.clock(name), 0.0)
        assert len(world.holders()) <= 1
        for number in range(BUCKETS):
            mine = [one for one, all_ in world.claims.items() if all_.parts[number].claim.is_mine(world.clock(one))]
            assert len(mine) <= 1
        world.now += passed
        assert len(world.holders()) <= 1


@given(moves, skews)
def test_there_are_never_two_holders(
    moves: list[tuple[str, int, str, float]], skews: tuple[float, float, float]
) -> None:
    trouble(World(skews), moves)


@given(moves, skews, st.sampled_from(["a", "ab", "abc"]), st.sampled_from([None, 0, 1, 2]))
def test_after_any_trouble_one_holds_it_soon_and_keeps_it_whichever_bucket_dies_then(
    moves: list[tuple[str, int, str, float]], skews: tuple[float, float, float], alive: str, dead: int | None
) -> None:
    world = World(skews)
    trouble(world, moves)
    world.sent.clear()
    world.answers.clear()
    world.live(TERM * (1 + 2 * BEAT), alive, dead)
    (holder,) = world.holders()
    for away in (None, 0, None, 1, None, 2):
        assert {holder} == set(world.live(2 * TERM, alive, away))


@given(skews, st.sampled_from([None, 0, 1, 2]), st.floats(0.0, 1.0))
def test_when_the_holder_dies_another_holds_it_after_a_term_and_what_a_look_takes(
    skews: tuple[float, float, float], dead: int | None, moment: float
) -> None:
    world = World(skews)
    world.live(TERM + moment, "abc", None)
    (holder,) = world.holders()
    others = "abc".replace(holder, "")
    assert world.live(TERM * (1 + BEAT) + 0.5, others, dead)[-1] in set(others)
