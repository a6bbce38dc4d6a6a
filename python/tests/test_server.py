# SPDX-License-Identifier: Apache-2.0
"""Both clients against a real server."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import os
import random
import unittest

from incipit import (
    Clear,
    Client,
    ConflictError,
    ConnectionLostError,
    Contract,
    ContractError,
    FencedError,
    Flags,
    GapError,
    Holder,
    Holding,
    LimitError,
    NoNamespaceError,
    Owner,
    OwnerState,
    Published,
    RefusedError,
    Remove,
    RequestSyntaxError,
    StaleCursorError,
    Store,
    Synced,
    Tier,
    WidthError,
    aio,
    requests,
)
from incipit.router import Router, RouterError
from tests.real import RealServer, shared

CONTRACT = Contract(16, 8)
NAMES = (f"test-{i}" for i in itertools.count())


class ServerTest(unittest.TestCase):
    def setUp(self) -> None:
        self.client = Client(port=shared().port, timeout=60)
        self.addCleanup(self.client.close)
        self.space = next(NAMES)
        self.client.create_namespace(self.space, CONTRACT)

    def test_ping_and_stats_answer(self) -> None:
        self.client.ping()
        self.assertIn("index-bytes", self.client.stats())
        self.assertEqual(self.space, self.client.stats(self.space)["namespace"])

    def test_engines_are_shown_with_their_state(self) -> None:
        model = f"{self.space}-model"
        body = {"instance_id": "gpu-0", "model_name": model, "block_size": 16}
        body |= {"endpoint": "tcp://127.0.0.1:9", "dp_rank": 2, "capacity": 4_096}
        web = http.client.HTTPConnection("127.0.0.1", shared().http_port, timeout=60)
        self.addCleanup(web.close)
        web.request("POST", "/register", json.dumps(body), {"content-type": "application/json"})
        self.assertEqual(201, web.getresponse().status)
        found = [engine for engine in self.client.engines() if engine.model == model]
        self.assertEqual(["gpu-0#2"], [engine.owner for engine in found])
        self.assertEqual("connecting", found[0].state)
        self.assertEqual((16, None, 0), (found[0].block_tokens, found[0].next, found[0].held))
        self.assertEqual((None, "", ""), (found[0].silent_ms, found[0].replay, found[0].warning))
        self.assertEqual((4_096, 0), (found[0].capacity, found[0].drift))
        self.assertEqual((0, 0), (found[0].counts["gaps"], found[0].counts["aged"]))

    def test_namespaces_are_made_described_listed_and_dropped(self) -> None:
        name = next(NAMES)
        contract = Contract(64, 16, "sha256", "qwen3-32b", "flat")
        self.client.create_namespace(name, contract)
        self.client.create_namespace(name, contract)
        with self.assertRaises(ContractError):
            self.client.create_namespace(name, Contract(16, 16))
        self.assertEqual((name, contract), _named(self.client.namespace(name)))
        self.assertIn(name, self.client.namespaces())
        self.client.create_namespace(f"{name}-a", CONTRACT)
        self.assertEqual((f"{name}-a",), self.client.namespaces(after=name, limit=1))
        self.client.drop_namespace(name)
        self.assertNotIn(name, self.client.namespaces())
        with self.assertRaises(NoNamespaceError):
            self.client.namespace(name)

    def test_match_score_locate_and_run_agree_with_what_was_published(self) -> None:
        client, space = self.client, self.space
        client.publish(space, "gpu-0", 1, 1, [Store([1, 2, 3])])
        client.publish(space, "gpu-1", 1, 1, [Store([1, 2]), Store([3], Tier.HOST, parent=2)])
        match = client.match(space, [1, 2, 3, 4])
        self.assertEqual((3, 48, Flags(0)), (match.blocks, match.tokens, match.flags))
        expected = (
            Holding(0, 2, 1, Tier.GPU),
            Holding(0, 3, 0, Tier.GPU),
            Holding(2, 3, 1, Tier.HOST),
        )
        self.assertEqual(sorted(expected, key=_order), sorted(match.holders, key=_order))
        score = client.score(space, [1, 2, 3, 4])
        self.assertEqual((3, 3, 3, 3), score.of("gpu-0"))
        self.assertEqual((2, 3, 3, 3), score.of("gpu-1"))
        located = client.locate(space, [3, 4])
        self.assertEqual({Holder(0, Tier.GPU), Holder(1, Tier.HOST)}, set(located[0]))
        self.assertEqual((), located[1])
        run = client.run(space, 1, 10)
        self.assertEqual((b"\0" * 7 + b"\2", b"\0" * 7 + b"\3"), run.hashes)
        self.assertEqual(Flags.RUN_ENDS, run.flags)
        self.assertEqual((b"\0" * 7 + b"\3",), client.run(space, 1, 10, skip=1).hashes)

    def test_match_options_choose_who_is_eligible(self) -> None:
        client, space = self.client, self.space
        client.publish(space, "HEX", 1, 1, [Store([1, 2, 3], Tier.HOST)])
        client.publish(space, "gpu-1", 1, 1, [Store([1, 2])])
        self.assertEqual(3, client.match(space, [1, 2, 3], owners=["HEX"]).blocks)
        self.assertEqual(2, client.match(space, [1, 2, 3], tiers=[Tier.GPU, Tier.DISK]).blocks)
        cut = client.match(space, [1, 2, 3], limit=1)
        self.assertEqual((1, Flags.CUT), (len(cut.holders), cut.flags))

    def test_cursor_goes_on_and_a_wrong_one_is_stale(self) -> None:
        self.client.publish(self.space, "gpu-0", 1, 1, [Store([1, 2, 3])])
        first = self.client.match(self.space, [1, 2])
        self.assertEqual(3, self.client.match(self.space, [3], cursor=first.cursor).blocks)
        with self.assertRaises(StaleCursorError):
            self.client.match(self.space, [3], cursor=b"\0")

    def test_hashes_of_every_width_are_found(self) -> None:
        for width in (8, 16, 32):
            name = next(NAMES)
            self.client.create_namespace(name, Contract(16, width))
            chain = [os.urandom(width) for _ in range(5)]
            self.client.publish(name, "gpu-0", 1, 1, [Store(chain)])
            self.assertEqual(5, self.client.match(name, [h.hex() for h in chain]).blocks)
            run = self.client.run(name, chain[0], 10)
            self.assertEqual(tuple(h[-16:] for h in chain[1:]), run.hashes)

    def test_contract_that_changed_behind_the_client_is_learnt(self) -> None:
        self.client.match(self.space, [1])
        with Client(port=shared().port, timeout=60) as other:
            other.drop_namespace(self.space)
            other.create_namespace(self.space, Contract(16, 16))
        with self.assertRaises(WidthError):
            self.client.match(self.space, [1])
        self.assertEqual(0, self.client.match(self.space, [1]).blocks)

    def test_errors_of_publishes_have_their_class_and_number(self) -> None:
        publish = self.client.publish
        self.assertEqual(Published(1), publish(self.space, "gpu-0", 5, 1, [Store([1])]))
        self.assertEqual(Published(1), publish(self.space, "gpu-0", 5, 7))
        with self.assertRaises(ConflictError):
            publish(self.space, "gpu-0", 5, 1, [Store([2])])
        with self.assertRaises(FencedError) as fenced:
            publish(self.space, "gpu-0", 4, 2, [Synced()])
        self.assertEqual(5, fenced.exception.current)
        with self.assertRaises(GapError) as gap:
            publish(self.space, "gpu-0", 5, 9, [Synced()])
        self.assertEqual(2, gap.exception.expected)
        state = OwnerState(0, "gpu-0", 5, 1, True)
        self.assertEqual(state, self.client.owner(self.space, "gpu-0"))
        self.assertIsNone(self.client.owner(self.space, "gpu-7"))
        contradiction = [Store([2, 1])]
        self.assertEqual(Published(2, 1), publish(self.space, "gpu-0", 5, 2, contradiction))

    def test_requests_that_the_client_would_refuse_are_refused_by_the_server_too(self) -> None:
        space = self.space.encode()
        cases: list[tuple[str, list[bytes], type[RefusedError]]] = [
            ("ERR", [b"KVC.MATSCH"], RefusedError),
            ("SYNTAX", [b"KVC.MATCH", space, b"", b"WHAT"], RequestSyntaxError),
            ("WIDTH", [b"KVC.MATCH", space, b"abc"], WidthError),
            ("LIMIT", [b"KVC.STATS", b"n" * 129], LimitError),
        ]
        for code, words, kind in cases:
            raw: requests.Request[None] = requests.Request("", lambda _, w=words: w, _nothing)  # type: ignore[misc]
            with self.subTest(code=code), self.assertRaises(RefusedError) as refused:
                self.client.ask(raw)
            self.assertEqual((kind, code), (type(refused.exception), refused.exception.code))
        self.client.ping()

    def test_owners_are_paged(self) -> None:
        for i in range(5):
            self.client.publish(self.space, f"gpu-{i}", 1, 1, [Store([i])])
        page = self.client.owners(self.space, start=2, limit=2)
        self.assertEqual([2, 3], [owner.owner for owner in page])
        self.assertEqual(5, len(self.client.owners(self.space)))

    def test_large_answer_comes_whole(self) -> None:
        chain = b"".join(i.to_bytes(8, "big") for i in range(1, 100_001))
        self.client.publish(self.space, "gpu-0", 1, 1, [Store(chain)])
        self.assertEqual(100_000, self.client.match(self.space, chain).blocks)
        self.assertEqual(100_000, sum(map(len, self.client.locate(self.space, chain))))

    def test_asyncio_many_at_once_get_each_its_own(self) -> None:
        async def ask() -> list[int]:
            async with aio.Client(port=shared().port, timeout=60) as client:
                owner = aio.Owner(client, self.space, "gpu-0", CONTRACT)
                await owner.publish(Store([1, 2, 3, 4]))
                chains = [range(1, 1 + i % 6) for i in range(3_000)]
                asked = [client.match(self.space, list(chain)) for chain in chains]
                return [match.blocks for match in await asyncio.gather(*asked)]

        self.assertEqual([min(i % 6, 4) for i in range(3_000)], asyncio.run(ask()))

    def test_owner_of_another_contract_is_refused(self) -> None:
        owner = Owner(self.client, self.space, "gpu-0", Contract(16, 16))
        for _ in range(2):
            with self.assertRaises(ContractError):
                owner.publish(Store([1]))

    def test_owner_after_drops_and_fences_holds_what_it_said(self) -> None:
        seed = int(os.environ.get("INCIPIT_SEED", random.randrange(2**32)))
        rng = random.Random(seed)
        truth: set[tuple[int, Tier]] = set()
        owner = Owner(self.client, self.space, "gpu-0", CONTRACT)
        with self.subTest(INCIPIT_SEED=seed):
            for _ in range(200):
                owner.publish(*[_change(rng, truth) for _ in range(rng.randrange(4))])
                if rng.random() < 0.05:
                    self.client.drop_namespace(self.space)
                    self.client.create_namespace(self.space, CONTRACT)
            owner.publish()
            paths = [int("1" + f"{i:b}"[1:], 4) for i in range(2, 128)]
            located = self.client.locate(self.space, paths)
            held = {
                (path, holder.tier)
                for path, holders in zip(paths, located, strict=True)
                for holder in holders
            }
            self.assertEqual({h for h in truth if h[0] in paths}, held)
            state = self.client.owner(self.space, "gpu-0")
            assert state is not None
            self.assertEqual((owner.seq, False), (state.seq, state.partial))

    def test_query_over_http_answers(self) -> None:
        # Runs where the server has the API for routers.
        http_port = shared().http_port
        connection = http.client.HTTPConnection("127.0.0.1", http_port, timeout=60)
        connection.request("POST", "/query", b"{}", {"Content-Type": "application/json"})
        status = connection.getresponse().status
        connection.close()
        if status in (404, 405):
            self.skipTest(f"POST /query: HTTP {status}")
        with Router(f"http://127.0.0.1:{http_port}", timeout=60) as router:
            try:
                self.assertEqual((), router.query("no-such-model", [1, 2, 3]))
            except RouterError as e:
                self.assertIn(e.status, range(400, 500))


class RestartTest(unittest.TestCase):
    def test_owner_finds_a_server_that_was_killed_and_started_again(self) -> None:
        server = RealServer()
        with Client(port=server.port, timeout=60) as client:
            owner = Owner(client, "chat", "gpu-0", CONTRACT)
            owner.publish(Store([1, 2, 3]))
            owner.publish(Remove([2]))
            server.kill()
            with self.assertRaises(ConnectionLostError):
                owner.publish(Store([9]))
            again = RealServer(server.port)
            try:
                owner.publish(Store([4], parent=3))
                located = client.locate("chat", [1, 2, 3, 4, 9])
                self.assertEqual([1, 0, 1, 1, 1], [len(holders) for holders in located])
                self.assertEqual(1, client.match("chat", [1, 2, 3]).blocks)
                state = client.owner("chat", "gpu-0")
                assert state is not None
                self.assertFalse(state.partial)
            finally:
                again.kill()


def _change(rng: random.Random, truth: set[tuple[int, Tier]]) -> Store | Remove | Clear:
    """A change below a tree of two branches; a hash is its path in digits of base 4, after a 1."""
    tier = rng.choice([Tier.GPU, Tier.DISK])
    if rng.random() < 0.03:
        truth -= {held for held in truth if held[1] == tier}
        return Clear(tier)
    if rng.random() < 0.4:
        some = sorted(path for path, of in truth if of == tier)
        gone = rng.sample(some, min(3, len(some)))
        truth -= {(path, tier) for path in gone}
        return Remove(gone, tier)
    path = "1"
    chain = [int(path := path + rng.choice("01"), 4) for _ in range(rng.randint(1, 6))]
    truth |= {(one, tier) for one in chain}
    return Store(chain, tier)


def _nothing(_value: object, _width: int) -> None:
    pass


def _named(namespace: object) -> tuple[str, Contract]:
    return namespace.name, namespace.contract  # type: ignore[attr-defined]


def _order(holding: Holding) -> tuple[int, int, int]:
    return holding.start, holding.owner, holding.tier


if __name__ == "__main__":
    unittest.main()
