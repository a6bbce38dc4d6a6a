# SPDX-License-Identifier: Apache-2.0
"""What goes over the wire, as values: replies decoded, and the changes of a publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum, IntFlag

HASH_BYTES = (8, 16, 32)

Hash = bytes | int | str
"""One hash: its bytes, a number (big-endian, as engines write it), or hex digits."""

Hashes = bytes | bytearray | memoryview | Sequence[Hash]
"""Hashes in the order of the chain: all their bytes in one, or one by one."""


class Tier(IntEnum):
    """Where an owner keeps a block, fastest first."""

    GPU = 0
    HOST = 1
    DISK = 2
    REMOTE = 3


class Flags(IntFlag):
    """What else is true of an answer; docs/protocol.md has the whole sentences."""

    LISTED_PARTIAL = 1
    STALE = 2
    CUT = 4
    PARTIAL = 8
    RUN_ENDS = 16
    RUN_PARTS = 32
    RUN_UNKNOWN = 64
    RUN_COUNT = 128


@dataclass(frozen=True)
class Contract:
    """What the hashes of a namespace are: tokens a block, bytes a hash, and names of your choice.

    :raises ValueError: if `block_tokens` is not in [1, 65536], or `hash_bytes` not 8, 16 or 32
    """

    block_tokens: int
    hash_bytes: int
    algorithm: str = ""
    model: str = ""
    layout: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.block_tokens <= 65_536:
            raise ValueError(f"block_tokens: {self.block_tokens} (expected: 1 to 65536)")
        if self.hash_bytes not in HASH_BYTES:
            raise ValueError(f"hash_bytes: {self.hash_bytes} (expected: 8, 16 or 32)")


@dataclass(frozen=True)
class Namespace:
    """A namespace, with `blocks` known and `bytes` of memory taken by the index."""

    name: str
    contract: Contract
    blocks: int
    bytes: int


@dataclass(frozen=True)
class Holder:
    """An owner, by its number, and a tier."""

    owner: int
    tier: Tier


@dataclass(frozen=True)
class Holding:
    """A holder and the blocks [start, end) that it has without a gap."""

    start: int
    end: int
    owner: int
    tier: Tier


@dataclass(frozen=True)
class Match:
    """The longest prefix that eligible holders have between them.

    `blocks` leading blocks, the same in `tokens`; `cursor` is the place after them, empty if there
    are none. `holders` by start, owner, tier.
    """

    blocks: int
    tokens: int
    flags: Flags
    cursor: bytes
    holders: tuple[Holding, ...]


Counts = tuple[int, int, int, int]
"""Leading blocks without a gap: with GPU alone, and HOST, and DISK, and REMOTE; never falling."""


@dataclass(frozen=True)
class OwnerScore:
    """How far one owner gets. `name` is empty where names were not asked for."""

    owner: int
    name: str
    blocks: Counts


@dataclass(frozen=True)
class Score:
    """How many leading blocks each owner holds: `base`, but for the owners that are `listed`.

    `known` leading blocks were seen with somebody. With `Flags.CUT`, owners that are not listed
    have at least the base; otherwise exactly that.
    """

    known: int
    flags: Flags
    cursor: bytes
    base: Counts
    listed: tuple[OwnerScore, ...]

    def of(self, owner: str | int) -> Counts:
        """The counts of an owner, by name (if names were asked for) or number.

        The base for whoever is not listed, also if the server has never heard of it.
        """
        for entry in self.listed:
            if owner in (entry.owner, entry.name or None):
                return entry.blocks
        return self.base


@dataclass(frozen=True)
class Run:
    """Blocks that follow a block until prompts part; `flags` say why they end there.

    Of each hash the last 16 bytes, all where there are fewer. `holders` count from the first.
    """

    hashes: tuple[bytes, ...]
    flags: Flags
    holders: tuple[Holding, ...]


@dataclass(frozen=True)
class Published:
    """Number of the last publish applied, and how many blocks of this one could not be stored."""

    seq: int
    not_stored: int = 0


@dataclass(frozen=True)
class OwnerState:
    """How far the stream of an owner has come. A partial one may hold more than the index knows."""

    owner: int
    name: str
    incarnation: int
    seq: int
    partial: bool


@dataclass(frozen=True)
class Engine:
    """An engine that the server follows, as `owner` of a namespace.

    `state` is connecting, replaying, whole or partial; `next` the number of the message that is
    expected, and `silent_ms` how long none has come, None before the first. `held` blocks are its
    own, `waiting` blocks lack a parent, `bytes` is the memory of both, `last_minute` counts events.
    `drift` blocks of its GPU go beyond its `capacity`; both are None where that is not known.
    `counts` has what was counted since the start: gaps, replays, restarts and more. `last_error` is
    empty if there was none, and so is `warning`: what nobody refuses and still cannot be meant.
    """

    owner: str
    namespace: str
    model: str
    endpoint: str
    replay: str
    block_tokens: int
    state: str
    next: int | None
    held: int
    waiting: int
    bytes: int
    last_minute: int
    capacity: int | None
    drift: int | None
    silent_ms: int | None
    counts: Mapping[str, int]
    last_error: str
    warning: str


@dataclass(frozen=True)
class Store:
    """Holds `hashes`, each the child of the one before, the first that of `parent` (empty: none).

    The first `skip` are named for their place only, and are not held.
    """

    hashes: Hashes
    tier: Tier = Tier.GPU
    parent: Hash = b""
    skip: int = 0


@dataclass(frozen=True)
class Remove:
    """Holds `hashes` no longer, in any order."""

    hashes: Hashes
    tier: Tier = Tier.GPU


@dataclass(frozen=True)
class Clear:
    """Holds nothing any more, in `tier` or, with None, at all."""

    tier: Tier | None = None


@dataclass(frozen=True)
class Synced:
    """Has now sent all that it holds."""


Change = Store | Remove | Clear | Synced


class PutOutcome(Enum):
    """What became of a part that was put."""

    OK = "OK"
    """It is kept until its put is committed."""

    HAVE = "HAVE"
    """Its block is there already, and stays as it is."""

    DECLINED = "DECLINED"
    """The server's policy would give its block up at once."""


@dataclass(frozen=True)
class Committed:
    """Blocks of a put that everybody sees now, that were there before, and that were declined."""

    made: int
    had: int
    declined: int


class End(Enum):
    """Why leading blocks end where they do."""

    ALL = "END"
    """All that were asked for are there."""

    MISS = "MISS"
    """The next one is not there."""

    BAD = "BAD"
    """The bytes of the next one are not what was put: the server found it so, or this client."""

    DEADLINE = "DEADLINE"
    """The next one would have come too late."""


@dataclass(frozen=True)
class Blocks:
    """A part of each of a prompt's leading blocks.

    :ivar blocks: their bytes, in the order of the prompt
    :ivar end: why the one behind them is not here
    :ivar verified: whether all were compared with their checksums; else they are as many bytes as
        the server said, and what it has checked within `store.verify-age`
    """

    blocks: tuple[bytes, ...]
    end: End
    verified: bool


@dataclass(frozen=True)
class Place:
    """Where a block's bytes are in a file; `checksums` are of each 64 KiB, little-endian CRC32C."""

    offset: int
    length: int
    generation: int
    checksums: bytes


@dataclass(frozen=True)
class Located:
    """Where a part of each of a prompt's leading blocks is on the server's machine.

    :ivar path: of the file that the server's memory is
    :ivar lease_ms: how long they stay, from when the server answered
    :ivar end: why the block behind them is not here
    """

    path: bytes
    lease_ms: int
    places: tuple[Place, ...]
    end: End
