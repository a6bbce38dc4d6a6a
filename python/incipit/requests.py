# SPDX-License-Identifier: Apache-2.0
"""Requests as values: what is sent, and how the reply is read. Clients run them.

`Client.match("chat", hashes)` is `Client.ask(requests.match("chat", hashes))`; `Client.ask_all`
takes many at a time. Names and options are checked here, hashes when the request is sent, since
only the namespace says how wide they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from incipit import _replies as replies
from incipit import hashes as _hashes
from incipit._resp import Value
from incipit.records import (
    Blocks,
    Change,
    Clear,
    Committed,
    Contract,
    Engine,
    Hash,
    Hashes,
    Located,
    Match,
    Namespace,
    OwnerState,
    Published,
    PutOutcome,
    Remove,
    Run,
    Score,
    Store,
    Synced,
    Tier,
)
from incipit.records import Holder as Holder  # part of what locate answers

T = TypeVar("T")
RECORDS_MAX = 1_048_576
CHANGES_MAX = 4_096
NAME_BYTES_MAX = 128
CURSOR_BYTES_MAX = 48
NUMBER_MAX = 2**63 - 1
VALUE_BYTES_MAX = 256 << 20
PARTS_MAX = 4_096
READ_BLOCKS_MAX = 16_384
DEADLINE_MS_MAX = 86_400_000
CONTRACT_FIELDS = {
    "block_tokens": b"BLOCKTOKENS",
    "hash_bytes": b"HASHBYTES",
    "algorithm": b"ALGORITHM",
    "model": b"MODEL",
    "layout": b"LAYOUT",
    "dtype": b"DTYPE",
    "parallel": b"PARALLEL",
    "adapter": b"ADAPTER",
    "engine": b"ENGINE",
    "salt": b"SALT",
}


@dataclass(frozen=True)
class Request(Generic[T]):
    """A request and how its reply is read.

    :ivar namespace: whose hashes it has, empty if it has none
    :ivar words: the words for a width of hashes in bytes (0 if there are none)
    :ivar decode: the answer in a reply, for the same width; raises `ProtocolError` if it is none
    :ivar body: the last word, where it may be large; bytes that are not changed until the reply
    """

    namespace: str
    words: Callable[[int], list[bytes]]
    decode: Callable[[Value, int], T]
    body: memoryview | None = None


def match(
    namespace: str,
    hashes: Hashes,
    *,
    cursor: bytes = b"",
    owners: Sequence[str] = (),
    tiers: Sequence[Tier] = (),
    limit: int = RECORDS_MAX,
) -> Request[Match]:
    """The longest prefix of a chain that eligible holders have between them, and who holds it.

    :param cursor: of an earlier answer; `hashes` then go on where it stands
    :param owners: those that are eligible, all if empty; so for `tiers`
    :param limit: most holdings of the answer, in [0, 1048576]
    """
    options = _options(cursor, owners, tiers, limit)
    return _chain_request("KVC.MATCH", namespace, hashes, options, replies.match)


def score(
    namespace: str,
    hashes: Hashes,
    *,
    cursor: bytes = b"",
    owners: Sequence[str] = (),
    tiers: Sequence[Tier] = (),
    limit: int = RECORDS_MAX,
    names: bool = True,
) -> Request[Score]:
    """How many leading blocks of a chain each owner holds without a gap, by tier.

    :param limit: most owners listed, in [0, 1048576]
    :param names: whether those that are listed come with their names
    """
    options = _options(cursor, owners, tiers, limit) + ([b"NAMES"] if names else [])
    return _chain_request("KVC.SCORE", namespace, hashes, options, replies.score)


def locate(namespace: str, hashes: Hashes) -> Request[tuple[tuple[Holder, ...], ...]]:
    """The holders of single blocks, one tuple for each hash, empty if nobody holds it."""
    return _chain_request("KVC.LOCATE", namespace, hashes, [], replies.locate)


def run(namespace: str, hash: Hash, count: int, *, skip: int = 0) -> Request[Run]:
    """Up to `count` blocks that follow a block, without the first `skip`, and their holders."""
    options = [_number("count", count, 0), b"FROM", _number("skip", skip, 0)]
    space = _name("namespace", namespace)

    def words(width: int) -> list[bytes]:
        return [b"KVC.RUN", space, _hashes.one("hash", hash, width), *options]

    return Request(namespace, words, replies.run)


def publish(
    namespace: str, owner: str, incarnation: int, seq: int, changes: Sequence[Change] = ()
) -> Request[Published]:
    """The next stretch of an owner's stream; without changes, asks which was applied last.

    :param incarnation: in [0, 2^63 - 1]
    :param seq: in [1, 2^63 - 1]
    :param changes: at most 4,096, less than 8 MiB together
    """
    if len(changes) > CHANGES_MAX:
        raise ValueError(f"changes: {len(changes)} (expected: at most {CHANGES_MAX})")
    space = _name("namespace", namespace)
    head = [_name("owner", owner), _number("incarnation", incarnation, 0), _number("seq", seq, 1)]

    def words(width: int) -> list[bytes]:
        found = [b"KVC.PUBLISH", space, *head]
        for change in changes:
            found += change_words(change, width)
        return found

    return Request(namespace if changes else "", words, replies.published)


def attach(namespace: str, **fields: int | str) -> Request[None]:
    """Says what a namespace's bytes are, before blocks are put and read there on a connection.

    :param fields: of `CONTRACT_FIELDS`, such as `dtype="bfloat16"`; what is not given is not said
    :raises ValueError: if a field is another
    """
    words = [_name("namespace", namespace)]
    for field, text in fields.items():
        if field not in CONTRACT_FIELDS:
            raise ValueError(f"field: {field} (expected: one of {', '.join(CONTRACT_FIELDS)})")
        words += [CONTRACT_FIELDS[field], _name(field, str(text), 0)]
    return _plain("KVC.ATTACH", words, replies.done)


def put(
    namespace: str,
    put: str,
    hash: Hash,
    data: bytes | bytearray | memoryview,
    *,
    parent: Hash = b"",
    part: int = 0,
    parts: int = 1,
) -> Request[PutOutcome]:
    """Brings a part of a block, which nobody sees before its put is committed.

    :param put: its name; of your choice, such as that of the engine's request
    :param data: at most 256 MiB, in one stretch; not changed until the reply, and not copied but by
        `incipit.aio`
    :param parent: the block before it in the prompt, empty if it is the first
    :param part: which of its `parts` that is, such as the rank's
    """
    head = [b"KVC.PUT", _name("namespace", namespace), _name("put", put)]
    if not 1 <= parts <= PARTS_MAX or not 0 <= part < parts:
        raise ValueError(f"part: {part} of {parts} (expected: below that, at most {PARTS_MAX})")
    body = memoryview(data)
    if not body.c_contiguous:
        raise ValueError("data: in many stretches (expected: one)")
    if body.nbytes > VALUE_BYTES_MAX:
        raise ValueError(f"data: {body.nbytes} bytes (expected: at most {VALUE_BYTES_MAX})")

    def words(width: int) -> list[bytes]:
        before = b"" if parent in (b"", "") else _parent(parent, width)
        return [*head, before, _hashes.one("hash", hash, width), b"%d/%d" % (part, parts)]

    flat = body.cast("B") if body.nbytes else memoryview(b"")
    return Request(namespace, words, replies.put, flat)


def commit(namespace: str, put: str) -> Request[Committed]:
    """Lets everybody see the blocks of a put, all or none.

    Refused, and nothing is changed, if a block lacks a part (`PARTS`) or the put is not under way
    any more (`NOPUT`).
    """
    words = [_name("namespace", namespace), _name("put", put)]
    return _plain("KVC.COMMIT", words, replies.committed)


def abort(namespace: str, put: str) -> Request[int]:
    """Gives a put up; how many parts that were."""
    words = [_name("namespace", namespace), _name("put", put)]
    return _plain("KVC.ABORT", words, replies.aborted)


def read(namespace: str, hashes: Hashes, *, part: int = 0, deadline_ms: int = 0) -> Request[Blocks]:
    """The bytes of one part of each of a prompt's leading blocks that are there.

    :param hashes: of the whole prompt, whatever of it is there, at most 16,384
    :param deadline_ms: by when the server is to have delivered, judged by what it has measured;
        0 for none. The client's timeout is another matter, and had better be longer.
    """
    return _read(b"KVC.READ", namespace, hashes, part, deadline_ms, replies.blocks)


def where(
    namespace: str, hashes: Hashes, *, part: int = 0, deadline_ms: int = 0
) -> Request[Located]:
    """Where the bytes are that `read` would send, on the machine of a server that shares them."""
    return _read(b"KVC.WHERE", namespace, hashes, part, deadline_ms, replies.located)


def _read(
    command: bytes,
    namespace: str,
    hashes: Hashes,
    part: int,
    deadline_ms: int,
    decode: Callable[[Value, int], T],
) -> Request[T]:
    head = [
        command,
        _number("deadline_ms", deadline_ms, 0, DEADLINE_MS_MAX),
        _name("namespace", namespace),
        _number("part", part, 0, PARTS_MAX - 1),
    ]

    def words(width: int) -> list[bytes]:
        packed = _hashes.pack("hashes", hashes, width)
        if len(packed) > READ_BLOCKS_MAX * width:
            blocks = len(packed) // width
            raise ValueError(f"hashes: {blocks} (expected: at most {READ_BLOCKS_MAX})")
        return [*head, packed]

    return Request(namespace, words, decode)


def change_words(change: Change, width: int) -> list[bytes]:
    """A change as words of a publish.

    :raises ValueError: if a hash is not `width` bytes wide, or more is skipped than there is
    """
    if isinstance(change, Store):
        packed = _hashes.pack("hashes", change.hashes, width)
        parent = b"" if change.parent in (b"", "") else _parent(change.parent, width)
        found = [b"STORE", _tier(change.tier), parent, packed]
        if change.skip:
            blocks = len(packed) // width
            if not 0 <= change.skip <= blocks:
                raise ValueError(f"skip: {change.skip} (expected: 0 to {blocks})")
            found += [b"SKIP", b"%d" % change.skip]
        return found
    if isinstance(change, Remove):
        return [b"REMOVE", _tier(change.tier), _hashes.pack("hashes", change.hashes, width)]
    if isinstance(change, Clear):
        return [b"CLEAR", b"*" if change.tier is None else _tier(change.tier)]
    if isinstance(change, Synced):
        return [b"SYNCED"]
    raise ValueError(f"change: {change!r} (expected: Store, Remove, Clear or Synced)")


def create_namespace(name: str, contract: Contract) -> Request[None]:
    """Makes a namespace. Once more with the same contract changes nothing."""
    words = [_name("name", name), b"BLOCKTOKENS", b"%d" % contract.block_tokens]
    words += [b"HASHBYTES", b"%d" % contract.hash_bytes]
    for option in ("algorithm", "model", "layout"):
        text = getattr(contract, option)
        if text:
            words += [option.upper().encode(), _name(option, text)]
    return _plain("KVC.NAMESPACE", [b"CREATE", *words], replies.done)


def drop_namespace(name: str) -> Request[None]:
    """Forgets a namespace and all its owners."""
    return _plain("KVC.NAMESPACE", [b"DROP", _name("name", name)], replies.done)


def namespace(name: str) -> Request[Namespace]:
    """The contract and size of a namespace."""
    return _plain("KVC.NAMESPACE", [b"DESCRIBE", _name("name", name)], replies.namespace)


def contract_width(name: str) -> Request[int]:
    """How many bytes a hash of a namespace has."""
    return _plain("KVC.NAMESPACE", [b"DESCRIBE", _name("name", name)], replies.contract_width)


def namespaces(*, after: str = "", limit: int = RECORDS_MAX) -> Request[tuple[str, ...]]:
    """The names of namespaces behind `after`, sorted, at most `limit`."""
    words = [b"LIST"]
    if after:
        words += [b"FROM", _name("after", after)]
    words += [b"LIMIT", _number("limit", limit, 0)]
    return _plain("KVC.NAMESPACE", words, replies.names)


def owners(
    namespace: str, *, start: int = 0, limit: int = 1_000
) -> Request[tuple[OwnerState, ...]]:
    """The owners of a namespace by number, from number `start` on, at most `limit`."""
    words = [_name("namespace", namespace), b"FROM", _number("start", start, 0)]
    words += [b"LIMIT", _number("limit", limit, 0)]
    return _plain("KVC.OWNERS", words, replies.owners)


def owner(namespace: str, name: str) -> Request[OwnerState | None]:
    """One owner by name, None if it is unknown."""
    words = [_name("namespace", namespace), _name("name", name)]
    return _plain("KVC.OWNERS", words, replies.owner)


def engines(*, start: int = 0, limit: int = 1_000) -> Request[tuple[Engine, ...]]:
    """The engines that are followed, by namespace and owner, without the first `start`."""
    words = [b"FROM", _number("start", start, 0), b"LIMIT", _number("limit", limit, 0)]
    return _plain("KVC.ENGINES", words, replies.engines)


def stats(namespace: str = "") -> Request[Mapping[str, int | str]]:
    """Counters and sizes of a namespace, or of the server if empty."""
    words = [_name("namespace", namespace)] if namespace else []
    return _plain("KVC.STATS", words, replies.stats)


def ping() -> Request[None]:
    """Whether the server answers."""
    return _plain("PING", [], replies.pong)


def hello(client_name: str, known: Sequence[bytes] = ()) -> Request[None]:
    """The first request of a connection: RESP3, and what the server shows as the client's name.

    :param known: the words that say who the client is, if any
    """
    words = [b"3", *known, b"SETNAME", client_name.encode("ascii")]
    return _plain("HELLO", words, replies.hello)


def _plain(command: str, words: list[bytes], decode: Callable[[Value], T]) -> Request[T]:
    """A request without hashes."""
    return Request("", lambda _: [command.encode(), *words], lambda value, _: decode(value))


def _chain_request(
    command: str,
    namespace: str,
    hashes: Hashes,
    options: list[bytes],
    decode: Callable[[Value, int], T],
) -> Request[T]:
    head = [command.encode(), _name("namespace", namespace)]

    def words(width: int) -> list[bytes]:
        return [*head, _hashes.pack("hashes", hashes, width), *options]

    return Request(namespace, words, decode)


def _options(
    cursor: bytes, owners: Iterable[str], tiers: Iterable[Tier], limit: int
) -> list[bytes]:
    """The words behind a chain. LIMIT comes last, so that no owner called HEX is taken for it."""
    if len(cursor) > CURSOR_BYTES_MAX:
        raise ValueError(f"cursor: {len(cursor)} bytes (expected: at most {CURSOR_BYTES_MAX})")
    words = [b"FROM", cursor] if cursor else []
    for owner in owners:
        words += [b"OWNER", _name("owner", owner)]
    for tier in tiers:
        words += [b"TIER", _tier(tier)]
    return [*words, b"LIMIT", _number("limit", limit, 0, RECORDS_MAX)]


def _name(what: str, text: str, least: int = 1) -> bytes:
    name = text.encode("utf-8", "surrogateescape")
    if not least <= len(name) <= NAME_BYTES_MAX:
        raise ValueError(f"{what}: {len(name)} bytes (expected: {least} to {NAME_BYTES_MAX})")
    return name


def _number(what: str, value: int, least: int, most: int = NUMBER_MAX) -> bytes:
    if not least <= value <= most:
        raise ValueError(f"{what}: {value} (expected: {least} to {most})")
    return b"%d" % value


def _tier(tier: Tier) -> bytes:
    return Tier(tier).name.encode()


def _parent(parent: Hash, width: int) -> bytes:
    return _hashes.one("parent", parent, width)
