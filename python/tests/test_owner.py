# SPDX-License-Identifier: Apache-2.0
"""The stream of an owner: without a server, and against a small model of one."""

from __future__ import annotations

import os
import random
import unittest
from collections.abc import Callable
from typing import Any

from incipit import (
    BusyError,
    Change,
    Clear,
    Contract,
    FencedError,
    Published,
    RefusedError,
    Remove,
    ServerFailedError,
    Store,
    Synced,
    Tier,
)
from incipit._held import Held
from incipit._stream import ATTEMPTS, Steps, Stream
from incipit.hashes import split

CONTRACT = Contract(16, 8)


def block(i: int) -> bytes:
    return i.to_bytes(8, "big")


class Model:
    """What a server knows of one owner: numbers, and holdings by (hash, tier).

    A store below what is not known is a failure: a re-base has to tell parents first.
    """

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.exists = False
        self.incarnation = -1
        self.forget()

    def forget(self) -> None:
        self.seq = 0
        self.last: list[bytes] = []
        self.held: set[tuple[bytes, str]] = set()
        self.parents: dict[bytes, bytes] = {}
        self.partial = False

    def answer(self, request: Any) -> Any:
        words = request.words(8)
        if words[:2] == [b"KVC.NAMESPACE", b"CREATE"]:
            self.exists = True
            return None
        assert words[0] == b"KVC.PUBLISH"
        if not self.exists:
            return RefusedError.of("NONAMESPACE chat")
        return self._publish(int(words[3]), int(words[4]), words[5:])

    def _publish(self, incarnation: int, seq: int, changes: list[bytes]) -> Any:
        if incarnation < self.incarnation:
            return RefusedError.of(f"FENCED {self.incarnation} over")
        if incarnation > self.incarnation:
            self.forget()
            self.incarnation = incarnation
        if not changes:
            return Published(self.seq)
        if seq == self.seq and changes != self.last:
            return RefusedError.of(f"CONFLICT {seq} was applied with other changes")
        if seq <= self.seq:
            return Published(self.seq)
        rebase = changes[:2] == [b"CLEAR", b"*"]
        if seq > self.seq + 1:
            self.partial = True
            if not rebase:
                return RefusedError.of(f"GAP {self.seq + 1} got {seq}")
        assert len(changes) > 0
        self.seq, self.last = seq, changes
        self._apply(list(changes))
        return Published(seq)

    def _apply(self, words: list[bytes]) -> None:
        while words:
            kind = words.pop(0)
            if kind == b"STORE":
                tier, parent, hashes = (words.pop(0) for _ in range(3))
                skip = 0
                if words and words[0] == b"SKIP":
                    skip = int(words[1])
                    del words[:2]
                self._store(tier.decode(), parent, split(hashes, 8), skip)
            elif kind == b"REMOVE":
                tier = words.pop(0)
                self.held -= {(h, tier.decode()) for h in split(words.pop(0), 8)}
            elif kind == b"CLEAR":
                tier = words.pop(0)
                self.held = {h for h in self.held if tier not in (b"*", h[1].encode())}
            else:
                assert kind == b"SYNCED", kind
                self.partial = False

    def _store(self, tier: str, parent: bytes, hashes: tuple[bytes, ...], skip: int) -> None:
        assert not parent or parent in self.parents, "parent was not told before"
        for i, one in enumerate(hashes):
            assert self.parents.setdefault(one, parent) == parent, "two parents"
            if i >= skip:
                self.held.add((one, tier))
            parent = one


class Lost(Exception):
    """The connection ended."""


def run(steps: Steps, answer: Callable[[Any], Any], pauses: list[float]) -> Published:
    reply: Any = None
    while True:
        try:
            step = steps.send(reply)
        except StopIteration as e:
            published: Published = e.value
            return published
        if isinstance(step, float):
            pauses.append(step)
            reply = None
        else:
            reply = answer(step)


class StreamTest(unittest.TestCase):
    def setUp(self) -> None:
        self.server = Model()
        self.pauses: list[float] = []
        self.stream = self.new()

    def new(self, incarnation: int = 1) -> Stream:
        return Stream("chat", "gpu-0", CONTRACT, incarnation)

    def publish(self, *changes: Change) -> Published:
        return run(self.stream.publish(changes), self.server.answer, self.pauses)

    def lose(self, *changes: Change, applied: bool) -> None:
        """Publishes, and loses the reply to the first publish, or the request."""

        def answer(request: Any) -> Any:
            if applied or request.words(8)[0] != b"KVC.PUBLISH":
                self.server.answer(request)
            if request.words(8)[0] == b"KVC.PUBLISH":
                raise Lost
            return None

        with self.assertRaises(Lost):
            run(self.stream.publish(changes), answer, self.pauses)

    def assert_held(self, *blocks: int) -> None:
        self.assertEqual({(block(i), "GPU") for i in blocks}, self.server.held)
        self.assertFalse(self.server.partial)

    def test_publish_counts_from_one_and_makes_the_namespace(self) -> None:
        self.assertEqual(Published(1), self.publish(Store([1, 2, 3])))
        self.assertEqual(Published(2), self.publish(Remove([3]), Store([4], parent=2)))
        self.assert_held(1, 2, 4)
        self.assertEqual(2, self.stream.seq)

    def test_publish_nothing_changes_nothing(self) -> None:
        self.assertEqual(Published(0), self.publish())
        self.publish(Store([1]))
        self.assertEqual(Published(1), self.publish())
        self.assertEqual(1, self.server.seq)

    def test_publish_nothing_tells_a_server_that_has_forgotten_all_again(self) -> None:
        self.publish(Store([1, 2]))
        for forget in (self.server.restart, self.server.forget):
            forget()
            self.publish()
            self.assert_held(1, 2)

    def test_restart_of_server_tells_all_again(self) -> None:
        self.publish(Store([1, 2, 3]), Store([7]))
        self.publish(Remove([2]))
        self.server.restart()
        self.publish(Store([4], parent=3))
        self.assert_held(1, 3, 4, 7)

    def test_restart_of_server_with_the_namespace_kept_tells_all_again(self) -> None:
        self.publish(Store([1, 2, 3]))
        self.publish(Store([4]))
        self.server.forget()
        self.publish(Store([5]))
        self.assert_held(1, 2, 3, 4, 5)

    def test_clear_to_a_server_that_has_forgotten_leaves_nobody_partial(self) -> None:
        self.publish(Store([1]))
        self.publish(Store([2]))
        self.server.forget()
        self.publish(Clear(), Store([3]))
        self.assert_held(3)

    def test_lost_reply_is_repeated_with_its_number_and_content(self) -> None:
        for applied in (True, False):
            with self.subTest(applied=applied):
                self.setUp()
                self.publish(Store([1]))
                self.lose(Store([2]), applied=applied)
                self.assertEqual(Published(3), self.publish(Store([3])))
                self.assert_held(1, 2, 3)

    def test_lost_twice_rebases_past_the_number_that_may_be_applied(self) -> None:
        for applied in (True, False):
            with self.subTest(applied=applied):
                self.setUp()
                self.publish(Store([1]))
                self.lose(Store([2]), applied=applied)
                self.lose(Store([3]), applied=applied)
                self.publish(Remove([2]))
                self.assert_held(1, 3)
                self.assertEqual(1, self.stream.incarnation)

    def test_lost_and_server_restarted_tells_all_again(self) -> None:
        self.publish(Store([1]))
        self.lose(Store([2]), applied=True)
        self.server.restart()
        self.publish()
        self.assert_held(1, 2)

    def test_conflict_starts_a_higher_incarnation(self) -> None:
        self.publish(Store([1]))
        other = self.new()
        run(other.publish([Store([2])]), self.server.answer, self.pauses)
        self.assertGreater(other.incarnation, 1)
        self.assert_held(2)
        with self.assertRaises(FencedError):
            self.publish(Store([3]))

    def test_number_behind_that_of_another_process_is_a_conflict_too(self) -> None:
        for i in range(5):
            self.publish(Store([i]))
        other = self.new()
        run(other.publish([Store([9])]), self.server.answer, self.pauses)
        self.assert_held(9)

    def test_fenced_says_so_each_time(self) -> None:
        self.publish(Store([1]))
        later = self.new(incarnation=2)
        run(later.publish([Store([2])]), self.server.answer, self.pauses)
        for _ in range(3):
            with self.assertRaises(FencedError):
                self.publish(Store([3]))
        self.assert_held(2)

    def test_busy_waits_longer_each_time_and_sends_again(self) -> None:
        refusals: list[RefusedError] = [RefusedError.of("BUSY 1 later")] * 3

        def answer(request: Any) -> Any:
            publish = request.words(8)[0] == b"KVC.PUBLISH"
            return refusals.pop() if publish and refusals else self.server.answer(request)

        run(self.stream.publish([Store([1])]), answer, self.pauses)
        self.assert_held(1)
        self.assertEqual(sorted(set(self.pauses)), self.pauses)
        self.assertEqual(3, len(self.pauses))

    def test_busy_for_ever_gives_up_and_the_next_goes_on(self) -> None:
        for text, kind in (("BUSY 1 later", BusyError), ("INTERNAL bug", ServerFailedError)):
            with self.subTest(text=text):
                self.setUp()
                self.server.exists = True
                self.stream._created = True
                with self.assertRaises(kind):
                    run(
                        self.stream.publish([Store([1])]),
                        lambda _, text=text: RefusedError.of(text),  # type: ignore[misc]
                        self.pauses,
                    )
                self.assertEqual(ATTEMPTS - 1, len(self.pauses))
                self.publish(Store([2]))
                self.assert_held(1, 2)

    def test_refusal_that_is_final_is_raised_and_what_was_said_is_kept(self) -> None:
        self.publish(Store([1]))
        with self.assertRaises(RefusedError):
            run(
                self.stream.publish([Store([2])]),
                lambda _: RefusedError.of("LIMIT owners: 65536"),
                self.pauses,
            )
        self.publish()
        self.assert_held(1, 2)

    def test_wrong_hash_is_refused_and_nothing_said(self) -> None:
        with self.assertRaisesRegex(ValueError, "16 bytes .expected: 8"):
            self.publish(Store([1]), Store([b"\0" * 16]))
        self.publish()
        self.assert_held()

    def test_more_than_a_publish_takes_is_cut(self) -> None:
        seen: list[int] = []

        def answer(request: Any) -> Any:
            words = request.words(8)
            seen.append(len(words))
            return self.server.answer(request)

        changes = [Store([i + 1], parent=i or b"") for i in range(10_000)]
        published = run(self.stream.publish(changes), answer, self.pauses)
        self.assertEqual(Published(3), published)
        self.assertLess(max(seen), 65_536)
        self.assert_held(*range(1, 10_001))

    def test_bytes_of_a_publish_stay_below_the_limit(self) -> None:
        wide = Stream("chat", "gpu-0", Contract(16, 32), 1)
        sizes: list[int] = []

        def answer(request: Any) -> Any:
            words = request.words(32)
            sizes.append(sum(len(word) + 16 for word in words))
            number = int(words[4]) if words[0] == b"KVC.PUBLISH" else 0
            return Published(number)

        chain = Store(b"\0" * 32 * 131_072)
        run(wide.publish([chain] * 6), answer, self.pauses)
        self.assertLess(max(sizes), 8 << 20)

    def test_any_program_of_changes_losses_and_restarts_ends_with_what_is_held(self) -> None:
        seed = int(os.environ.get("INCIPIT_SEED", random.randrange(2**32)))
        with self.subTest(INCIPIT_SEED=seed):
            rounds = random.Random(seed)
            for _ in range(100):
                self.setUp()
                Program(self.server, self.stream, rounds).run(60)


class Program:
    """Random changes to a stream, over a connection that fails; the truth kept beside."""

    def __init__(self, server: Model, stream: Stream, rng: random.Random) -> None:
        self.server = server
        self.stream = stream
        self.rng = rng
        self.truth: set[tuple[bytes, str]] = set()
        self.parents: dict[bytes, bytes] = {}

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.step()
        run(self.stream.publish([]), self.server.answer, [])
        assert self.server.held == self.truth, "held by the server is not what was said"
        assert not self.server.partial, "partial"

    def step(self) -> None:
        if self.rng.random() < 0.1:
            self.rng.choice([self.server.restart, self.server.forget])()
        changes = [self.change() for _ in range(self.rng.randrange(4))]
        fails = self.rng.random() < 0.3

        def answer(request: Any) -> Any:
            if fails and self.rng.random() < 0.5:
                if self.rng.random() < 0.5:
                    self.server.answer(request)
                raise Lost
            return self.server.answer(request)

        try:
            run(self.stream.publish(changes), answer, [])
        except Lost:
            assert fails

    def change(self) -> Change:
        kind = self.rng.random()
        tier = self.rng.choice([Tier.GPU, Tier.HOST])
        if kind < 0.6:
            return self.store(tier)
        if kind < 0.95:
            some = [h for h, t in sorted(self.truth) if t == tier.name]
            gone = self.rng.sample(some, min(len(some), 3))
            self.truth -= {(h, tier.name) for h in gone}
            return Remove(gone, tier)
        if kind < 0.98:
            self.truth = {h for h in self.truth if h[1] != tier.name}
            return Clear(tier)
        self.truth = set()
        return Clear()

    def store(self, tier: Tier) -> Store:
        """A chain down a tree of two branches each: a hash is its path, so it has one parent."""
        path = b"".join(self.rng.choice([b"a", b"b"]) for _ in range(self.rng.randint(1, 8)))
        chain = [path[: i + 1].ljust(8, b".") for i in range(len(path))]
        skip = self.rng.randrange(len(chain) + 1)
        self.truth |= {(h, tier.name) for h in chain[skip:]}
        return Store(chain, tier, skip=skip)


class HeldTest(unittest.TestCase):
    def held(self, *changes: Change) -> Held:
        held = Held(8)
        for change in changes:
            held.apply(change)
        return held

    def stores(self, held: Held) -> list[tuple[Tier, bytes, tuple[bytes, ...], int]]:
        return [(s.tier, s.parent, split(s.hashes, 8), s.skip) for s in held.stores()]  # type: ignore[arg-type,misc]

    def chain(self, *blocks: int) -> bytes:
        return b"".join(block(i) for i in blocks)

    def test_stores_of_branches_are_whole_and_below_what_is_known(self) -> None:
        held = self.held(Store(self.chain(1, 2, 3)), Store(self.chain(4, 5), parent=block(1)))
        self.assertEqual(
            [
                (Tier.GPU, b"", (block(1), block(4), block(5)), 0),
                (Tier.GPU, block(1), (block(2), block(3)), 0),
            ],
            self.stores(held),
        )

    def test_stores_skip_what_is_not_held(self) -> None:
        held = self.held(Store(self.chain(1, 2, 3, 4)), Remove(self.chain(1, 3)))
        self.assertEqual(
            [
                (Tier.GPU, b"", (block(1), block(2)), 1),
                (Tier.GPU, block(2), (block(3), block(4)), 1),
            ],
            self.stores(held),
        )

    def test_what_nobody_needs_is_forgotten(self) -> None:
        held = self.held(Store(self.chain(1, 2, 3)), Remove(self.chain(1, 2, 3)))
        self.assertEqual((0, {}, {}), (len(held), held._parents, held._children))
        held = self.held(Store(self.chain(1, 2), skip=2))
        self.assertEqual((0, {}, {}), (len(held), held._parents, held._children))

    def test_unknown_parent_is_told_as_it_came(self) -> None:
        held = self.held(Store(self.chain(2), parent=block(1)))
        self.assertEqual([(Tier.GPU, block(1), (block(2),), 0)], self.stores(held))

    def test_chain_that_bites_its_tail_ends(self) -> None:
        held = self.held(
            Store(self.chain(1), parent=block(2)), Store(self.chain(2), parent=block(1))
        )
        told = [h for _, _, hashes, _ in self.stores(held) for h in hashes]
        self.assertEqual([block(1), block(2)], sorted(told))

    def test_synced_and_removal_of_unknown_change_nothing(self) -> None:
        self.assertEqual([], self.stores(self.held(Synced(), Remove(self.chain(1)), Clear())))


if __name__ == "__main__":
    unittest.main()
