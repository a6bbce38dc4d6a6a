# SPDX-License-Identifier: Apache-2.0
"""Hashes as bytes, whatever they were given as, checked for their width."""

from __future__ import annotations

from incipit.records import Hash, Hashes

CHAIN_BLOCKS_MAX = 131_072


def pack(name: str, hashes: Hashes, width: int) -> bytes:
    """Hashes one behind the other, shape [blocks * width].

    Bytes in one are taken for hashes of `width`: nobody can tell if they are others. Hashes given
    one by one are checked each.

    :param name: what messages call them
    :raises ValueError: if a hash is not `width` bytes wide, or there are more than 131,072
    """
    if isinstance(hashes, str):
        raise ValueError(f"{name}: a text (expected: bytes, or hashes one by one)")
    if isinstance(hashes, (bytes, bytearray, memoryview)):
        packed = bytes(hashes)
        if len(packed) % width:
            raise ValueError(f"{name}: {len(packed)} bytes (expected: a multiple of {width})")
    else:
        packed = b"".join(one(f"{name}[{i}]", value, width) for i, value in enumerate(hashes))
    if len(packed) > CHAIN_BLOCKS_MAX * width:
        blocks = len(packed) // width
        raise ValueError(f"{name}: {blocks} blocks (expected: at most {CHAIN_BLOCKS_MAX})")
    return packed


def one(name: str, value: Hash, width: int) -> bytes:
    """One hash, shape [width]. A number is big-endian, text hex digits.

    :raises ValueError: if it is not `width` bytes wide
    """
    if isinstance(value, int):
        if not 0 <= value < 1 << 8 * width:
            raise ValueError(f"{name}: {value} (expected: 0 to 2^{8 * width} - 1)")
        return value.to_bytes(width, "big")
    packed = _unhex(name, value, width) if isinstance(value, str) else bytes(value)
    if len(packed) != width:
        raise ValueError(f"{name}: {len(packed)} bytes (expected: {width})")
    return packed


def split(packed: bytes, width: int) -> tuple[bytes, ...]:
    """The single hashes of a string of them."""
    return tuple(packed[at : at + width] for at in range(0, len(packed), width))


def _unhex(name: str, text: str, width: int) -> bytes:
    digits = 2 * width
    if len(text) != digits or not all(c in "0123456789abcdefABCDEF" for c in text):
        raise ValueError(f"{name}: {text[:80]!r} (expected: {digits} hex digits)")
    return bytes.fromhex(text)
