# SPDX-License-Identifier: Apache-2.0
"""Replies as records. What does not fit raises `ProtocolError`; nothing is guessed.

Layout of packed records, little-endian:

    holding     | from u32 | to u32 | owner u32 | tier u8 | 3 zero bytes |   16 bytes
    holder      | owner u32 | tier u8 | 3 zero bytes |                        8 bytes
    exception   | owner u32 | 4 counts, u32 each |                           20 bytes
    base        | 4 counts, u32 each |                                       16 bytes
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Mapping

from incipit import _checksums
from incipit._resp import Value
from incipit.errors import ProtocolError
from incipit.hashes import split
from incipit.records import (
    HASH_BYTES,
    Blocks,
    Committed,
    Contract,
    End,
    Engine,
    Flags,
    Holder,
    Holding,
    Located,
    Match,
    Namespace,
    OwnerScore,
    OwnerState,
    Place,
    Published,
    PutOutcome,
    Run,
    Score,
    Tier,
)

_HOLDING = struct.Struct("<IIIB3x")
_HOLDER = struct.Struct("<IB3x")
_EXCEPTION = struct.Struct("<IIIII")
_BASE = struct.Struct("<IIII")
_RUN_HASH_BYTES_MAX = 16
_VALUE_BYTES_MAX = 256 << 20


def match(value: Value, _: int) -> Match:
    blocks, tokens, flags, cursor, holders = _array("match", value, 5)
    return Match(
        _whole("blocks", blocks),
        _whole("tokens", tokens),
        Flags(_whole("flags", flags)),
        _bytes("cursor", cursor),
        _holdings(holders),
    )


def score(value: Value, _: int) -> Score:
    parts = _list("score", value)
    if len(parts) not in (5, 6):
        raise _unfit("score", f"{len(parts)} values", "5, or 6 with names")
    known, flags, cursor, base, exceptions = parts[:5]
    names = _owner_names(parts[5]) if len(parts) == 6 else {}
    counts = _records("base", base, _BASE)
    if len(counts) != 1:
        raise _unfit("base", f"{len(counts)} records", "1")
    return Score(
        _whole("known", known),
        Flags(_whole("flags", flags)),
        _bytes("cursor", cursor),
        _counts(counts[0]),
        tuple(
            OwnerScore(record[0], names.get(record[0], ""), _counts(record[1:]))
            for record in _records("exceptions", exceptions, _EXCEPTION)
        ),
    )


def locate(value: Value, _: int) -> tuple[tuple[Holder, ...], ...]:
    return tuple(
        tuple(Holder(owner, _tier(tier)) for owner, tier in _records("holders", one, _HOLDER))
        for one in _list("locate", value)
    )


def run(value: Value, width: int) -> Run:
    hashes, flags, holders = _array("run", value, 3)
    packed = _bytes("hashes", hashes)
    width = min(width, _RUN_HASH_BYTES_MAX)
    if len(packed) % width:
        raise _unfit("hashes", f"{len(packed)} bytes", f"a multiple of {width}")
    return Run(split(packed, width), Flags(_whole("flags", flags)), _holdings(holders))


def published(value: Value, _: int) -> Published:
    if isinstance(value, list):
        seq, not_stored = _array("published", value, 2)
        return Published(_whole("seq", seq), _whole("not stored", not_stored))
    return Published(_whole("seq", value))


def namespace(value: Value) -> Namespace:
    row = _row("namespace", value)
    named = [_text(row, "algorithm"), _text(row, "model"), _text(row, "layout")]
    try:
        contract = Contract(_at(row, "block-tokens"), contract_width(value), *named)
    except ValueError as e:
        raise ProtocolError(str(e)) from None
    return Namespace(_text(row, "namespace"), contract, _at(row, "blocks"), _at(row, "bytes"))


def contract_width(value: Value) -> int:
    """Bytes of a hash, of the description of a namespace."""
    width = _at(_row("namespace", value), "hash-bytes")
    if width not in HASH_BYTES:
        raise _unfit("hash-bytes", str(width), "8, 16 or 32")
    return width


def names(value: Value) -> tuple[str, ...]:
    return tuple(_decode(_bytes("name", name)) for name in _list("names", value))


def owners(value: Value) -> tuple[OwnerState, ...]:
    return tuple(_owner(_row("owner", row)) for row in _list("owners", value))


def owner(value: Value) -> OwnerState | None:
    found = owners(value)
    if len(found) > 1:
        raise _unfit("owners", f"{len(found)} rows", "at most 1")
    return found[0] if found else None


def engines(value: Value) -> tuple[Engine, ...]:
    return tuple(_engine(_row("engine", row)) for row in _list("engines", value))


def stats(value: Value) -> Mapping[str, int | str]:
    found: dict[str, int | str] = {}
    for key, cell in _row("stats", value).items():
        found[key] = cell if isinstance(cell, int) else _decode(_bytes(key, cell))
    return found


def done(value: Value) -> None:
    if value != "OK":
        raise _unfit("reply", repr(value)[:80], "OK")


def put(value: Value, _: int) -> PutOutcome:
    for outcome in PutOutcome:
        if value == outcome.value:
            return outcome
    raise _unfit("reply", repr(value)[:80], "OK, HAVE or DECLINED")


def committed(value: Value) -> Committed:
    made, had, declined = _array("commit", value, 3)
    return Committed(_whole("made", made), _whole("had", had), _whole("declined", declined))


def aborted(value: Value) -> int:
    return _whole("parts", value)


def blocks(value: Value, _: int) -> Blocks:
    values = _list("blocks", value)
    found: list[bytes] = []
    verifies = _checksums.crc is not None
    for one in _delivered(values[:-1]):
        sums, data = _array("block", one, 2)
        sums, data = _bytes("checksums", sums), _bytes("bytes", data)
        _check_sums(sums, len(data))
        if verifies and not _checksums.fits(data, sums):
            return Blocks(tuple(found), End.BAD, verifies)
        found.append(data)
    return Blocks(tuple(found), _end(values, len(found)), verifies)


def located(value: Value, _: int) -> Located:
    values = _list("blocks", value)
    if len(values) < 2:
        raise _unfit("blocks", f"{len(values)} values", "2 and more")
    path, lease_ms = _array("file", values[0], 2)
    places = []
    for one in _delivered(values[1:-1]):
        offset, length, generation, sums = _array("block", one, 4)
        place = Place(
            _whole("offset", offset),
            _whole("length", length),
            _whole("generation", generation),
            _bytes("checksums", sums),
        )
        if place.length > _VALUE_BYTES_MAX:
            raise _unfit("length", str(place.length), f"at most {_VALUE_BYTES_MAX}")
        _check_sums(place.checksums, place.length)
        places.append(place)
    end = _end(values, len(places))
    return Located(_bytes("path", path), _whole("lease", lease_ms), tuple(places), end)


def _delivered(values: list[Value]) -> list[Value]:
    """Blocks up to the first that is left out."""
    return values[: values.index(None)] if None in values else values


def _check_sums(sums: bytes, length: int) -> None:
    expected = _checksums.CHECKSUM_BYTES * _checksums.pieces(length)
    if len(sums) != expected:
        raise _unfit("checksums", f"{len(sums)} bytes", str(expected))


def _end(values: list[Value], delivered: int) -> End:
    said = values[-1] if values else None
    for end in End:
        if said == (end.value if end is End.ALL else f"{end.value} {delivered}"):
            return end
    raise _unfit("end", repr(said)[:80], f"that of {delivered} blocks")


def pong(value: Value) -> None:
    if value != "PONG":
        raise _unfit("reply", repr(value)[:80], "PONG")


def hello(value: Value) -> None:
    row = _row("hello", value)
    if _text(row, "server") != "incipit":
        raise _unfit("server", _text(row, "server")[:80], "incipit")
    if _at(row, "proto") != 3:
        raise _unfit("proto", str(_at(row, "proto")), "3")


_ENGINE_FIELDS = {field.name for field in dataclasses.fields(Engine)}


def _engine(row: Mapping[str, Value]) -> Engine:
    return Engine(
        owner=_text(row, "owner"),
        namespace=_text(row, "namespace"),
        model=_text(row, "model"),
        endpoint=_text(row, "endpoint"),
        replay=_text(row, "replay"),
        block_tokens=_at(row, "block-tokens"),
        state=_text(row, "state"),
        next=_at_or_none(row, "next"),
        held=_at(row, "held"),
        waiting=_at(row, "waiting"),
        bytes=_at(row, "bytes"),
        last_minute=_at(row, "last-minute"),
        capacity=_at_or_none(row, "capacity"),
        drift=_at_or_none(row, "drift"),
        silent_ms=_at_or_none(row, "silent-ms"),
        counts={k: _at(row, k) for k in row if k.replace("-", "_") not in _ENGINE_FIELDS},
        last_error=_text(row, "last-error"),
        warning=_text(row, "warning"),
    )


def _at_or_none(row: Mapping[str, Value], key: str) -> int | None:
    return None if row.get(key) == -1 else _at(row, key)


def _owner(row: Mapping[str, Value]) -> OwnerState:
    return OwnerState(
        _at(row, "owner"),
        _text(row, "name"),
        _at(row, "incarnation"),
        _at(row, "seq"),
        _at(row, "partial") != 0,
    )


def _owner_names(value: Value) -> dict[int, str]:
    cells = _list("names", value)
    if len(cells) % 2:
        raise _unfit("names", f"{len(cells)} values", "pairs of number and name")
    pairs = zip(cells[::2], cells[1::2], strict=True)
    return {_whole("owner", number): _decode(_bytes("name", name)) for number, name in pairs}


def _holdings(value: Value) -> tuple[Holding, ...]:
    return tuple(
        Holding(start, end, owner, _tier(tier))
        for start, end, owner, tier in _records("holders", value, _HOLDING)
    )


def _records(what: str, value: Value, layout: struct.Struct) -> list[tuple[int, ...]]:
    packed = _bytes(what, value)
    if len(packed) % layout.size:
        raise _unfit(what, f"{len(packed)} bytes", f"a multiple of {layout.size}")
    return list(layout.iter_unpack(packed))


def _counts(record: tuple[int, ...]) -> tuple[int, int, int, int]:
    gpu, host, disk, remote = record
    return gpu, host, disk, remote


def _tier(code: int) -> Tier:
    if code >= len(Tier):
        raise _unfit("tier", str(code), "0 to 3")
    return Tier(code)


def _list(what: str, value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise _unfit(what, type(value).__name__, "an array")
    return value


def _array(what: str, value: Value, length: int) -> list[Value]:
    values = _list(what, value)
    if len(values) != length:
        raise _unfit(what, f"{len(values)} values", str(length))
    return values


def _row(what: str, value: Value) -> dict[str, Value]:
    if not isinstance(value, dict):
        raise _unfit(what, type(value).__name__, "a map")
    return value


def _whole(what: str, value: Value) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _unfit(what, repr(value)[:80], "a number from 0 on")
    return value


def _at(row: Mapping[str, Value], key: str) -> int:
    return _whole(key, row.get(key))


def _text(row: Mapping[str, Value], key: str) -> str:
    return _decode(_bytes(key, row.get(key)))


def _bytes(what: str, value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise _unfit(what, type(value).__name__, "a string")
    return value


def _decode(name: bytes) -> str:
    """A name as text that `str.encode` with `surrogateescape` turns back, whatever its bytes."""
    return name.decode("utf-8", "surrogateescape")


def _unfit(what: str, given: str, expected: str) -> ProtocolError:
    return ProtocolError(f"{what}: {given} (expected: {expected})")
