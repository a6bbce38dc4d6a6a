# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import unittest

from incipit import ProtocolError
from incipit._resp import DEPTH_MAX, LINE_BYTES_MAX, Failure, Parser, Push, Value, encode

REPLIES: list[tuple[bytes, Value]] = [
    (b"+OK\r\n", "OK"),
    (b"-GAP 4 got 9\r\n", Failure("GAP 4 got 9")),
    (b":-7\r\n", -7),
    (b"$5\r\na\r\nbc\r\n", b"a\r\nbc"),
    (b"$0\r\n\r\n", b""),
    (b"$-1\r\n", None),
    (b"*-1\r\n", None),
    (b"_\r\n", None),
    (b"#t\r\n", True),
    (b",1.5\r\n", 1.5),
    (b",inf\r\n", float("inf")),
    (b"(123456789012345678901234567890\r\n", 123456789012345678901234567890),
    (b"!3\r\nERR\r\n", Failure("ERR")),
    (b"=7\r\ntxt:abc\r\n", b"abc"),
    (b"*0\r\n", []),
    (b"*3\r\n:1\r\n*2\r\n$1\r\na\r\n*0\r\n_\r\n", [1, [b"a", []], None]),
    (b"~2\r\n:1\r\n:2\r\n", [1, 2]),
    (b"%2\r\n$1\r\na\r\n:1\r\n+b\r\n*1\r\n:2\r\n", {"a": 1, "b": [2]}),
    (b"%0\r\n", {}),
    (b">2\r\n$4\r\nnews\r\n:1\r\n", Push((b"news", 1))),
    (b"|1\r\n+ttl\r\n:3\r\n:5\r\n", 5),
    (b"*1\r\n|1\r\n+ttl\r\n:3\r\n:5\r\n", [5]),
]


class ParserTest(unittest.TestCase):
    def test_feed_each_whole_gives_its_value(self) -> None:
        for data, value in REPLIES:
            with self.subTest(data=data):
                self.assertEqual([value], list(Parser(10_000).feed(data)))

    def test_feed_split_at_every_offset_gives_the_same(self) -> None:
        stream = b"".join(data for data, _ in REPLIES)
        expected = [value for _, value in REPLIES]
        for at in range(len(stream) + 1):
            parser = Parser(10_000)
            got = [*parser.feed(stream[:at]), *parser.feed(stream[at:])]
            self.assertEqual(expected, got, f"split at {at}")

    def test_feed_byte_by_byte_gives_the_same(self) -> None:
        stream = b"".join(data for data, _ in REPLIES)
        parser = Parser(10_000)
        got = [value for i in range(len(stream)) for value in parser.feed(stream[i : i + 1])]
        self.assertEqual([value for _, value in REPLIES], got)

    def test_feed_malformed_is_refused(self) -> None:
        for data in (
            b"\r\n",
            b"hello\r\n",
            b":1_0\r\n",
            b": 1\r\n",
            b":\r\n",
            b":99999999999999999999\r\n",
            b"$x\r\n",
            b"$-2\r\n",
            b"$?\r\n",
            b"$1\r\nabc\r\n",
            b"*-2\r\n",
            b"*99999999999999999999\r\n",
            b"#x\r\n",
            b",one\r\n",
            b"_x\r\n",
            b"%1\r\n*0\r\n:1\r\n",
            b"*1\r\n>1\r\n:1\r\n",
            b"x" * LINE_BYTES_MAX,
            b"HTTP/1.1 400 Bad Request\r\n",
        ):
            with self.subTest(data=data[:40]), self.assertRaises(ProtocolError):
                list(Parser(1 << 20).feed(data))

    def test_feed_good_before_malformed_comes_out_first(self) -> None:
        replies = Parser(10_000).feed(b":1\r\n:2\r\nboo\r\n")
        self.assertEqual([1, 2], [next(replies), next(replies)])
        with self.assertRaises(ProtocolError):
            next(replies)

    def test_feed_announced_beyond_limit_is_refused_before_it_comes(self) -> None:
        for head in (b"$100000\r\n", b"*1000\r\n", b"%500\r\n", b"*1\r\n$9999999\r\n"):
            with self.subTest(head=head), self.assertRaises(ProtocolError):
                list(Parser(10_000).feed(head))

    def test_feed_many_values_beyond_limit_are_refused(self) -> None:
        with self.assertRaises(ProtocolError):
            list(Parser(10_000).feed(b"*100\r\n" + b"*100\r\n" * 99))

    def test_feed_limit_is_for_each_reply(self) -> None:
        reply = b"$900\r\n" + b"a" * 900 + b"\r\n"
        self.assertEqual(50, len(list(Parser(1_000).feed(reply * 50))))

    def test_feed_attributes_count_in_the_reply_that_follows(self) -> None:
        with self.assertRaises(ProtocolError):
            list(Parser(10_000).feed(b"|1\r\n+a\r\n:1\r\n" * 1_000))

    def test_feed_nested_deeper_than_limit_is_refused(self) -> None:
        self.assertEqual([], list(Parser(10_000).feed(b"*1\r\n" * DEPTH_MAX)))
        with self.assertRaises(ProtocolError):
            list(Parser(10_000).feed(b"*1\r\n" * (DEPTH_MAX + 1)))

    def test_feed_nested_arrays_of_nothing_give_their_value(self) -> None:
        deep: Value = []
        for _ in range(DEPTH_MAX - 1):
            deep = [deep]
        data = b"*1\r\n" * (DEPTH_MAX - 1) + b"*0\r\n"
        self.assertEqual([deep], list(Parser(10_000).feed(data)))


class EncodeTest(unittest.TestCase):
    def test_encode_words_is_an_array_of_strings(self) -> None:
        self.assertEqual(b"*2\r\n$4\r\nPING\r\n$0\r\n\r\n", encode([b"PING", b""]))


if __name__ == "__main__":
    unittest.main()
