# SPDX-License-Identifier: Apache-2.0
"""Hashes, requests and replies, without a connection."""

from __future__ import annotations

import dataclasses
import unittest
from typing import Any

from incipit import (
    Clear,
    Contract,
    Counts,
    FencedError,
    Flags,
    GapError,
    Holder,
    Holding,
    Match,
    OwnerScore,
    OwnerState,
    ProtocolError,
    Published,
    RefusedError,
    Remove,
    Run,
    Score,
    Store,
    Synced,
    Tier,
    _replies,
    errors,
    requests,
)
from incipit._pending import frame
from incipit._resp import Value
from incipit.hashes import one, pack
from incipit.records import Hashes

A, B = b"\xa0" * 8, b"\xb1" * 8


class HashesTest(unittest.TestCase):
    def test_pack_every_form_gives_the_same_bytes(self) -> None:
        forms: list[Hashes] = [
            A + B,
            bytearray(A + B),
            memoryview(A + B),
            [A, B],
            (0xA0A0A0A0A0A0A0A0, 0xB1B1B1B1B1B1B1B1),
            ["a0" * 8, "B1" * 8],
            [A, "b1" * 8],
        ]
        for form in forms:
            self.assertEqual(A + B, pack("hashes", form, 8))

    def test_pack_nothing_is_empty(self) -> None:
        self.assertEqual(b"", pack("hashes", [], 8))

    def test_one_number_is_big_endian(self) -> None:
        self.assertEqual(b"\0" * 15 + b"\1", one("hash", 1, 16))

    def test_pack_wrong_is_refused_with_name_value_and_expectation(self) -> None:
        cases: list[tuple[Any, str]] = [
            (b"abc", "hashes: 3 bytes (expected: a multiple of 8)"),
            ([A, A + B], "hashes[1]: 16 bytes (expected: 8)"),
            ([1 << 64], f"hashes[0]: {1 << 64} (expected: 0 to 2^64 - 1)"),
            ([-1], "hashes[0]: -1 (expected: 0 to 2^64 - 1)"),
            (["a0"], "hashes[0]: 'a0' (expected: 16 hex digits)"),
            (["zz" * 8], f"hashes[0]: {'zz' * 8!r} (expected: 16 hex digits)"),
            (["a0 " * 5 + "a"], f"hashes[0]: {'a0 ' * 5 + 'a'!r} (expected: 16 hex digits)"),
            ("a0" * 8, "hashes: a text (expected: bytes, or hashes one by one)"),
            (b"\0" * 8 * 131_073, "hashes: 131073 blocks (expected: at most 131072)"),
        ]
        for hashes, message in cases:
            with self.assertRaises(ValueError) as caught:
                pack("hashes", hashes, 8)
            self.assertEqual(message, str(caught.exception))


class RequestsTest(unittest.TestCase):
    def test_words_are_those_of_the_protocol(self) -> None:
        contract = Contract(64, 16, algorithm="sha256", model="qwen3-32b")
        cases: list[tuple[requests.Request[Any], list[bytes]]] = [
            (requests.ping(), [b"PING"]),
            (
                requests.match("chat", [A], cursor=b"c", owners=["HEX"], tiers=[Tier.HOST]),
                [b"KVC.MATCH", b"chat", A, b"FROM", b"c", b"OWNER", b"HEX", b"TIER", b"HOST"]
                + [b"LIMIT", b"1048576"],
            ),
            (
                requests.score("chat", A, limit=5),
                [b"KVC.SCORE", b"chat", A, b"LIMIT", b"5", b"NAMES"],
            ),
            (
                requests.score("chat", A, names=False, limit=0),
                [b"KVC.SCORE", b"chat", A, b"LIMIT", b"0"],
            ),
            (requests.locate("chat", A + B), [b"KVC.LOCATE", b"chat", A + B]),
            (
                requests.run("chat", A, 10, skip=3),
                [b"KVC.RUN", b"chat", A, b"10", b"FROM", b"3"],
            ),
            (
                requests.publish("chat", "gpu-0", 1, 2),
                [b"KVC.PUBLISH", b"chat", b"gpu-0", b"1", b"2"],
            ),
            (
                requests.publish(
                    "chat",
                    "gpu-0",
                    1,
                    2,
                    [
                        Store([A, B], Tier.DISK, skip=1),
                        Store(B, parent=A),
                        Remove([B]),
                        Clear(),
                        Clear(Tier.REMOTE),
                        Synced(),
                    ],
                ),
                [b"KVC.PUBLISH", b"chat", b"gpu-0", b"1", b"2"]
                + [b"STORE", b"DISK", b"", A + B, b"SKIP", b"1", b"STORE", b"GPU", A, B]
                + [b"REMOVE", b"GPU", B, b"CLEAR", b"*", b"CLEAR", b"REMOTE", b"SYNCED"],
            ),
            (
                requests.create_namespace("code", contract),
                [b"KVC.NAMESPACE", b"CREATE", b"code", b"BLOCKTOKENS", b"64", b"HASHBYTES"]
                + [b"16", b"ALGORITHM", b"sha256", b"MODEL", b"qwen3-32b"],
            ),
            (requests.drop_namespace("code"), [b"KVC.NAMESPACE", b"DROP", b"code"]),
            (requests.namespace("code"), [b"KVC.NAMESPACE", b"DESCRIBE", b"code"]),
            (
                requests.namespaces(after="chat", limit=2),
                [b"KVC.NAMESPACE", b"LIST", b"FROM", b"chat", b"LIMIT", b"2"],
            ),
            (
                requests.owners("chat", start=7),
                [b"KVC.OWNERS", b"chat", b"FROM", b"7", b"LIMIT", b"1000"],
            ),
            (requests.owner("chat", "gpu-0"), [b"KVC.OWNERS", b"chat", b"gpu-0"]),
            (
                requests.engines(start=2, limit=7),
                [b"KVC.ENGINES", b"FROM", b"2", b"LIMIT", b"7"],
            ),
            (requests.stats(), [b"KVC.STATS"]),
            (requests.stats("chat"), [b"KVC.STATS", b"chat"]),
        ]
        for request, words in cases:
            self.assertEqual(words, request.words(8))

    def test_wrong_arguments_are_refused_with_name_value_and_expectation(self) -> None:
        cases: list[tuple[Any, str]] = [
            (lambda: requests.match("", A), "namespace: 0 bytes (expected: 1 to 128)"),
            (
                lambda: requests.match("chat", A, owners=["é" * 65]),
                "owner: 130 bytes (expected: 1 to 128)",
            ),
            (
                lambda: requests.match("chat", A, limit=-1),
                "limit: -1 (expected: 0 to 1048576)",
            ),
            (
                lambda: requests.match("chat", A, cursor=b"c" * 49),
                "cursor: 49 bytes (expected: at most 48)",
            ),
            (
                lambda: requests.publish("chat", "gpu-0", 1, 0),
                f"seq: 0 (expected: 1 to {2**63 - 1})",
            ),
            (
                lambda: requests.publish("chat", "gpu-0", 2**63, 1),
                f"incarnation: {2**63} (expected: 0 to {2**63 - 1})",
            ),
            (
                lambda: requests.publish("chat", "gpu-0", 1, 1, [Synced()] * 4_097),
                "changes: 4097 (expected: at most 4096)",
            ),
            (
                lambda: requests.change_words(Store(A, skip=2), 8),
                "skip: 2 (expected: 0 to 1)",
            ),
            (
                lambda: requests.change_words(Store(A, parent=b"p"), 8),
                "parent: 1 bytes (expected: 8)",
            ),
            (lambda: Contract(0, 8), "block_tokens: 0 (expected: 1 to 65536)"),
            (lambda: Contract(16, 9), "hash_bytes: 9 (expected: 8, 16 or 32)"),
            (
                lambda: frame(requests.publish("c", "o", 1, 1, [Store(b"\0" * (8 << 17))] * 9), 8),
                "request: 9437577 bytes (expected: at most 8388608)",
            ),
        ]
        for act, message in cases:
            with self.assertRaises(ValueError) as caught:
                act()
            self.assertEqual(message, str(caught.exception))


class RepliesTest(unittest.TestCase):
    HOLDING = b"\0\0\0\0\2\0\0\0\7\0\0\0\1\0\0\0"

    def test_match_whole_is_decoded(self) -> None:
        expected = Match(2, 32, Flags.PARTIAL, b"here", (Holding(0, 2, 7, Tier.HOST),))
        self.assertEqual(expected, _replies.match([2, 32, 8, b"here", self.HOLDING], 8))

    def test_score_whole_is_decoded_and_asked_by_name_or_number(self) -> None:
        exception = b"\3\0\0\0" + b"\1\0\0\0\1\0\0\0\2\0\0\0\2\0\0\0"
        base = b"\0\0\0\0" * 4
        score = _replies.score([3, 0, b"", base, exception, [3, b"gpu-3"]], 8)
        listed: Counts = (1, 1, 2, 2)
        expected = Score(3, Flags(0), b"", (0, 0, 0, 0), (OwnerScore(3, "gpu-3", listed),))
        self.assertEqual(expected, score)
        self.assertEqual((listed, listed), (score.of("gpu-3"), score.of(3)))
        self.assertEqual((0, 0, 0, 0), score.of("gpu-4"))

    def test_score_without_names_finds_nobody_by_the_empty_name(self) -> None:
        exception = b"\3\0\0\0" + b"\1\0\0\0" * 4
        score = _replies.score([3, 0, b"", b"\0" * 16, exception], 8)
        self.assertEqual((0, 0, 0, 0), score.of(""))

    def test_run_of_wide_hashes_has_their_last_sixteen_bytes(self) -> None:
        run = _replies.run([A + A + B + B, 16, b""], 32)
        self.assertEqual(Run((A + A, B + B), Flags.RUN_ENDS, ()), run)

    def test_locate_has_a_tuple_for_each_hash(self) -> None:
        got = _replies.locate([b"\1\0\0\0\2\0\0\0", b""], 8)
        self.assertEqual(((Holder(1, Tier.DISK),), ()), got)

    def test_published_both_forms_are_decoded(self) -> None:
        self.assertEqual(Published(4), _replies.published(4, 8))
        self.assertEqual(Published(4, 2), _replies.published([4, 2], 8))

    def test_owner_name_that_is_no_utf8_comes_back_as_it_went(self) -> None:
        row: Value = {"owner": 1, "name": b"\xff", "incarnation": 2, "seq": 3, "partial": 1}
        found = _replies.owner([row])
        assert found is not None
        self.assertEqual(OwnerState(1, "\udcff", 2, 3, True), found)
        self.assertEqual(b"\xff", requests.owner("chat", found.name).words(0)[-1])

    def test_records_are_frozen(self) -> None:
        with self.assertRaises(dataclasses.FrozenInstanceError):
            Published(4).seq = 5  # type: ignore[misc]

    def test_unfit_is_refused_and_nothing_else_raised(self) -> None:
        good = [2, 32, 8, b"here", self.HOLDING]
        unfit: list[tuple[Any, Any]] = [(_replies.match, v) for v in _spoilt(good)]
        unfit.append((_replies.match, [2, 32, 8, b"here", self.HOLDING[:-1]]))
        unfit.append((_replies.match, [2, 32, 8, b"here", b"\0" * 12 + b"\4\0\0\0"]))
        score = [3, 0, b"", b"\0" * 16, b"\0" * 20, [0, b"gpu-0"]]
        unfit += [(_replies.score, v) for v in _spoilt(score) if len(v or []) != 5]
        unfit.append((_replies.score, [3, 0, b"", b"\0" * 32, b""]))
        unfit.append((_replies.score, [3, 0, b"", b"\0" * 16, b"", [0]]))
        unfit += [(_replies.run, v) for v in _spoilt([A, 0, b""])]
        unfit += [(_replies.locate, v) for v in _values(None, b"", [1], [b"abc"])]
        unfit += [(_replies.published, v) for v in _values(None, -1, True, b"1", [1], [1, 2, 3])]
        for decode, value in unfit:
            with self.subTest(of=decode.__name__, value=value), self.assertRaises(ProtocolError):
                decode(value, 8)

    def test_rows_unfit_are_refused_and_nothing_else_raised(self) -> None:
        row = {"namespace": b"c", "block-tokens": 16, "hash-bytes": 8, "algorithm": b""}
        row |= {"model": b"", "layout": b"", "blocks": 1, "bytes": 2}
        unfit: list[tuple[Any, Any]] = []
        for key in row:
            unfit += [(_replies.namespace, {**row, key: v}) for v in _values(None, [], 1.5, -1)]
        unfit.append((_replies.namespace, {**row, "block-tokens": 0}))
        unfit += [(_replies.contract_width, v) for v in _values(None, {}, {"hash-bytes": 9})]
        unfit += [(_replies.owners, v) for v in _values(None, [None], [{}])]
        unfit += [(_replies.engines, v) for v in _values(None, [None], [{}], [{"owner": b"a"}])]
        unfit += [(_replies.names, v) for v in _values(None, [1])]
        unfit += [(_replies.stats, v) for v in _values(None, {"blocks": []})]
        unfit += [(d, v) for d in (_replies.done, _replies.pong) for v in _values(None, "NO", 1)]
        unfit += [(_replies.hello, v) for v in _values([], {"server": b"redis", "proto": 3})]
        for decode, value in unfit:
            with self.subTest(of=decode.__name__, value=value), self.assertRaises(ProtocolError):
                decode(value)


def _values(*values: Any) -> tuple[Any, ...]:
    return values


def _spoilt(good: list[Any]) -> list[Any]:
    """What is near a good reply and is none: a part of another type, one missing, one more."""
    spoilt: list[Any] = [None, {}, good[:-1], [*good, 0, 0]]
    for i in range(len(good)):
        spoilt += [[*good[:i], wrong, *good[i + 1 :]] for wrong in _values(None, -1, "x", {}, 1.5)]
    return spoilt


class ErrorsTest(unittest.TestCase):
    def test_of_every_code_has_its_class_and_text(self) -> None:
        for code, kind in errors._BY_CODE.items():
            error = RefusedError.of(f"{code} what, and why")
            self.assertIs(kind, type(error))
            self.assertEqual((code, "what, and why"), (error.code, error.detail))

    def test_of_unknown_code_is_a_refusal(self) -> None:
        error = RefusedError.of("ERR unknown command 'X'")
        self.assertIs(RefusedError, type(error))
        self.assertEqual("ERR unknown command 'X'", str(error))

    def test_numbers_are_read_where_they_are(self) -> None:
        gap, fenced = RefusedError.of("GAP 4 got 9"), RefusedError.of("FENCED 1 is over")
        assert isinstance(gap, GapError) and isinstance(fenced, FencedError)
        self.assertEqual((4, 1), (gap.expected, fenced.current))
        for text in ("GAP", "GAP x", "GAP -4", "GAP ²", "GAP " + "9" * 30):
            odd = RefusedError.of(text)
            assert isinstance(odd, GapError)
            self.assertIsNone(odd.expected)


if __name__ == "__main__":
    unittest.main()
