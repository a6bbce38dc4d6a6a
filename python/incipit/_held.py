# SPDX-License-Identifier: Apache-2.0
"""What an owner holds, kept so that it can be told from the start again."""

from __future__ import annotations

from collections.abc import Iterator

from incipit.hashes import CHAIN_BLOCKS_MAX, split
from incipit.records import Change, Clear, Remove, Store, Tier

_ALL = (1 << len(Tier)) - 1


class Held:
    """Blocks held, by hash, in which tiers, and below which parent. For one thread.

    A block that is not held stays as long as one below it does: its place is told with `skip`.
    Costs about 300 bytes a block. A block keeps the parent that it came with first, as in the
    index.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._parents: dict[bytes, bytes] = {}  # of a root: empty
        self._tiers: dict[bytes, int] = {}  # a bit for each tier, of every block in _parents
        self._children: dict[bytes, int] = {}  # how many in _parents have this parent

    def __len__(self) -> int:
        return sum(1 for tiers in self._tiers.values() if tiers)

    def apply(self, change: Change) -> None:
        """Takes a change into account, whose hashes are bytes of the width."""
        if isinstance(change, Store):
            self._store(change)
        elif isinstance(change, Remove):
            for block in split(bytes_of(change.hashes), self._width):
                self._drop(block, 1 << change.tier)
        elif isinstance(change, Clear):
            mask = _ALL if change.tier is None else 1 << change.tier
            for block in list(self._tiers):
                self._drop(block, mask)

    def stores(self) -> Iterator[Store]:
        """Stores that tell an owner who is new the whole, each behind what it stands on.

        From the last block that came back to the first, up to what was told already: so most
        stores are whole branches, not single blocks.
        """
        known: set[bytes] = set()
        for tier in Tier:
            told: set[bytes] = set()
            bit = 1 << tier
            for block in reversed(self._tiers):
                if self._tiers[block] & bit and block not in told:
                    branch = self._branch(block, bit, known, told)
                    yield from self._pieces(branch, tier)
                    known.update(branch)
                    told.update(b for b in branch if self._tiers[b] & bit)

    def _store(self, change: Store) -> None:
        parent = bytes_of(change.parent)
        blocks = split(bytes_of(change.hashes), self._width)
        for i, block in enumerate(blocks):
            if block not in self._parents:
                self._parents[block] = parent
                self._tiers[block] = 0
                self._children[parent] = self._children.get(parent, 0) + 1
            if i >= change.skip:
                self._tiers[block] |= 1 << change.tier
            parent = block
        for block in reversed(blocks[: change.skip]):
            self._drop(block, 0)

    def _drop(self, block: bytes, mask: int) -> None:
        """Takes tiers from a block, and away what nobody needs then, upwards."""
        if block not in self._tiers:
            return
        self._tiers[block] &= ~mask
        while not self._tiers.get(block, _ALL) and not self._children.get(block):
            del self._tiers[block]
            parent = self._parents.pop(block)
            self._children[parent] -= 1
            if not self._children[parent]:
                del self._children[parent]
            block = parent

    def _branch(self, block: bytes, bit: int, known: set[bytes], told: set[bytes]) -> list[bytes]:
        """The blocks down to `block` from what the index knows, topmost first."""
        branch = [block]
        seen = {block}
        while True:
            block = self._parents[block]
            missing = block in self._tiers and block not in seen
            untold = missing and self._tiers[block] & bit and block not in told
            if not missing or (block in known and not untold):
                return branch[::-1]
            branch.append(block)
            seen.add(block)

    def _pieces(self, branch: list[bytes], tier: Tier) -> Iterator[Store]:
        """Stores of a branch: each some blocks that are skipped, then some that are held."""
        bit = 1 << tier
        start = 0
        while start < len(branch):
            held = start
            while not self._tiers[branch[held]] & bit:
                held += 1
            end = held
            while end < len(branch) and self._tiers[branch[end]] & bit:
                end += 1
            for at in range(start, end, CHAIN_BLOCKS_MAX):
                to = min(end, at + CHAIN_BLOCKS_MAX)
                skip = max(0, min(held, to) - at)
                yield Store(b"".join(branch[at:to]), tier, self._parents[branch[at]], skip)
            start = end


def bytes_of(value: object) -> bytes:
    """Hashes that are bytes already."""
    if not isinstance(value, bytes):
        raise ValueError(f"hashes: {type(value).__name__} (expected: bytes)")
    return value
