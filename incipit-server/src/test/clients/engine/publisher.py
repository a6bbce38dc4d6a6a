# SPDX-License-Identifier: Apache-2.0
"""An engine's KV events as engines send them: the event classes of vLLM, SGLang, Mooncake and llm-d
over ZeroMQ, with losses, repeats, restarts and broken replays, and the truth beside.

    publisher.py SHAPE SEED STEPS FAULT_PERCENT

Prints `ports EVENTS REPLAY`. For each line on the standard input it does STEPS steps, lets all settle,
and prints the truth: `b TIER HASH TOKEN...` for each block, with the tokens of its whole path or none if
the shape has none, then `quiet EVENTS FAULTS NEXT`. It serves replays meanwhile, and ends with its input.
"""

import random
import selectors
import sys
import time
from collections import deque
from typing import Any

import msgspec
import zmq

BLOCK = 4
RING = 10_000
TIERS = ["GPU", "CPU"]


class ArrayBatch(msgspec.Struct, array_like=True, omit_defaults=True):
    ts: Any
    events: list[Any]
    data_parallel_rank: int | None = None


class ShortBatch(msgspec.Struct, array_like=True):
    ts: float
    events: list[Any]


class MapBatch(msgspec.Struct, omit_defaults=True):
    ts: float
    events: list[Any]
    data_parallel_rank: int | None = None


class ArrayEvent(msgspec.Struct, array_like=True, omit_defaults=True, tag=True):
    """vLLM up to 0.23."""


class MapEvent(msgspec.Struct, omit_defaults=True, tag=True):
    """vLLM from 0.24, TensorRT-LLM, SGLang from 0.5.23."""


def stored_class(base, name):
    return msgspec.defstruct(
        "BlockStored",
        [
            ("block_hashes", list[Any]),
            ("parent_block_hash", Any),
            ("token_ids", list[int]),
            ("block_size", int),
            ("lora_id", int | None),
            ("medium", str | None, None),
            ("lora_name", str | None, None),
            ("extra_keys", Any, None),
            ("group_idx", int | None, None),
            ("kv_cache_spec_kind", str | None, None),
        ],
        bases=(base,),
        tag="BlockStored",
        module=name,
    )


def removed_class(base, name):
    return msgspec.defstruct(
        "BlockRemoved",
        [
            ("block_hashes", list[Any]),
            ("medium", str | None, None),
            ("group_idx", int | None, None),
        ],
        bases=(base,),
        tag="BlockRemoved",
        module=name,
    )


def cleared_class(base, name):
    return msgspec.defstruct("AllBlocksCleared", [], bases=(base,), tag="AllBlocksCleared", module=name)


class SglangStored(msgspec.Struct, array_like=True, tag="BlockStored"):
    block_hashes: list[int]
    parent_block_hash: int | None
    token_ids: list[int]
    block_size: int
    lora_id: int | None
    medium: str | None
    metadata: Any = None


class FileStored(msgspec.Struct, array_like=True, tag="BlockStored"):
    block_hashes: list[int]
    parent_block_hash: int
    token_ids: list[int]
    block_size: int
    lora_id: int | None
    medium: str | None


ENCODER = msgspec.msgpack.Encoder()


class Shape:
    """How one kind of engine writes batches."""

    tokens = True

    def __init__(self, base):
        self.stored_type = stored_class(base, "stored")
        self.removed_type = removed_class(base, "removed")
        self.cleared_type = cleared_class(base, "cleared")

    def hash(self, number):
        return number

    def stored(self, hashes, parent, tokens, tier):
        plain = [None] * len(hashes)
        return self.stored_type(hashes, parent, tokens, BLOCK, None, tier, None, plain, 0, "full_attention")

    def removed(self, hashes, tier):
        return self.removed_type(hashes, tier, 0)

    def cleared(self):
        return self.cleared_type()

    def batch(self, ts, events):
        return ENCODER.encode(ArrayBatch(ts, events, 0))


class DigestArrays(Shape):
    def hash(self, number):
        return b"\x07" * 24 + number.to_bytes(8, "big")


class MapsInMap(Shape):
    def batch(self, ts, events):
        return ENCODER.encode(MapBatch(ts, events, 0))


class Sglang(Shape):
    def hash(self, number):
        return number - (1 << 64) if number >= 1 << 63 else number

    def stored(self, hashes, parent, tokens, tier):
        return SglangStored(hashes, parent, tokens, BLOCK, None, tier)


class Mooncake(Shape):
    tokens = False

    def event(self, kind, hashes, parent, tier):
        return {
            "event_id": 7,
            "timestamp": 1,
            "event_type": kind.lower(),
            "type": kind,
            "model_name": None,
            "block_size": None,
            "medium": {"GPU": "gpu", "CPU": "cpu"}[tier],
            "seq_hashes": [],
            "block_hashes": hashes,
            "parent_hash": parent,
            "token_ids": None,
            "parent_block_hash": parent,
        }

    def stored(self, hashes, parent, tokens, tier):
        return self.event("BlockStored", hashes, parent, tier)

    def removed(self, hashes, tier):
        return self.event("BlockRemoved", hashes, None, tier)

    def cleared(self):
        return {"type": "AllBlocksCleared"}

    def batch(self, ts, events):
        return ENCODER.encode(ArrayBatch(int(ts * 1000), events))


class Files(Shape):
    tokens = False

    def stored(self, hashes, parent, tokens, tier):
        return ENCODER.encode(FileStored(hashes, parent or 0, [], 0, None, tier))

    def removed(self, hashes, tier):
        return ENCODER.encode(self.removed_type(hashes, tier))

    def cleared(self):
        return ENCODER.encode(self.cleared_type())

    def batch(self, ts, events):
        return ENCODER.encode(ShortBatch(ts, events))


SHAPES = {
    "vllm-arrays": lambda: DigestArrays(ArrayEvent),
    "vllm-maps": lambda: Shape(MapEvent),
    "maps-in-map": lambda: MapsInMap(MapEvent),
    "sglang": lambda: Sglang(ArrayEvent),
    "mooncake": lambda: Mooncake(ArrayEvent),
    "files": lambda: Files(ArrayEvent),
}


class Block:
    __slots__ = ("children", "copies", "number", "parent", "token")

    def __init__(self, number, parent, token):
        self.number = number
        self.parent = parent
        self.token = token
        self.copies = dict.fromkeys(TIERS, 0)
        self.children = 0

    def path(self):
        tokens = []
        block = self
        while block is not None:
            tokens.append(block.token)
            block = block.parent
        return [token for token in reversed(tokens) for _ in range(BLOCK)]


class Engine:
    """A cache that changes at random, and says so."""

    def __init__(self, shape, rng):
        self.shape = shape
        self.rng = rng
        self.events_sent = 0
        self.born()

    def born(self):
        self.salt = self.rng.getrandbits(64)
        self.blocks = {}
        self.order = []
        self.seq = 0
        self.ring = deque(maxlen=RING)

    def step(self):
        events = []
        for _ in range(1 + self.rng.randrange(8)):
            roll = self.rng.random()
            if roll < 0.55:
                self.store(events)
            elif roll < 0.9995:
                self.evict(events)
            else:
                self.clear(events)
        self.events_sent += len(events)
        payload = self.shape.batch(time.time(), events)
        message = (self.seq, payload)
        self.ring.append(message)
        self.seq += 1
        return message

    def store(self, events):
        parent = None
        if self.order and self.rng.random() < 0.8:
            parent = self.blocks.get(self.rng.choice(self.order))
        tier = "GPU" if self.rng.random() < 0.8 else "CPU"
        above, hashes, tokens = parent, [], []
        for _ in range(1 + self.rng.randrange(4)):
            above = self.block(above, self.rng.randrange(3))
            above.copies[tier] += 1
            hashes.append(self.shape.hash(above.number))
            tokens.extend([above.token] * BLOCK)
        name = self.shape.hash(parent.number) if parent else None
        events.append(self.shape.stored(hashes, name, tokens, tier))

    def block(self, parent, token):
        above = self.salt if parent is None else parent.number
        number = (above * 6364136223846793005 + token + 1) % (1 << 64)
        block = self.blocks.get(number)
        if block is None:
            block = Block(number, parent, token)
            self.blocks[number] = block
            self.order.append(number)
            if parent is not None:
                parent.children += 1
        return block

    def evict(self, events):
        for _ in range(20):
            if not self.order:
                return
            index = self.rng.randrange(len(self.order))
            block = self.blocks[self.order[index]]
            total = sum(block.copies.values())
            if total > 1 or block.children == 0:
                break
        else:
            return
        tier = self.rng.choice([tier for tier in TIERS if block.copies[tier] > 0])
        block.copies[tier] -= 1
        if total == 1:
            self.order[index] = self.order[-1]
            self.order.pop()
            del self.blocks[block.number]
            if block.parent is not None:
                block.parent.children -= 1
        events.append(self.shape.removed([self.shape.hash(block.number)], tier))

    def clear(self, events):
        self.blocks.clear()
        self.order.clear()
        events.append(self.shape.cleared())


class Publisher:
    """Puts an engine's messages on the wire, with faults."""

    def __init__(self, engine, rng, fault_percent):
        self.engine = engine
        self.rng = rng
        self.fault = fault_percent / 100
        self.faults = 0
        self.context = zmq.Context()
        self.ports = None
        self.open()

    def open(self):
        self.events = self.context.socket(zmq.PUB)
        self.repeats = self.context.socket(zmq.ROUTER)
        for socket, port in zip((self.events, self.repeats), self.ports or (0, 0)):
            socket.linger = 0
            socket.sndhwm = 2 * (RING + 1)
            for _ in range(100):
                try:
                    socket.bind(f"tcp://127.0.0.1:{port or '*'}")
                    break
                except zmq.ZMQError:
                    time.sleep(0.1)
        if self.ports is None:
            self.ports = [
                int(socket.last_endpoint.decode().rsplit(":", 1)[1]) for socket in (self.events, self.repeats)
            ]
        self.replays = []
        self.delayed = None

    def restart(self):
        self.faults += 1
        self.events.close()
        self.repeats.close()
        self.engine.born()
        self.open()
        for _ in range(self.rng.randrange(50)):
            self.engine.step()

    def send(self, message):
        seq, payload = message
        self.events.send_multipart([b"kv@pod@model", seq.to_bytes(8, "big"), payload])

    def step(self):
        message = self.engine.step()
        if self.rng.random() >= self.fault:
            self.send(message)
            return
        self.faults += 1
        kind = self.rng.randrange(100)
        if kind < 30:
            pass  # lost
        elif kind < 50:
            self.send(message)
            self.send(message)
        elif kind < 70:
            if self.delayed:
                self.send(self.delayed)
            self.delayed = message
        elif kind < 90:
            self.garbage()
            self.send(message)
        elif kind < 98:
            for _ in range(self.rng.randrange(200)):
                self.engine.step()
        elif self.rng.random() < 0.2:
            self.restart()

    def garbage(self):
        noise = self.rng.randbytes(self.rng.randrange(64))
        frames = [[noise], [b"", noise], [b"", b"short", noise], [b"", bytes(8), noise, noise]]
        self.events.send_multipart(self.rng.choice(frames))

    def serve(self, faulty):
        """Takes requests for replays, and goes on with those that are under way."""
        while self.repeats.poll(0):
            frames = self.repeats.recv_multipart()
            if len(frames) == 3 and len(frames[2]) == 8:
                start = int.from_bytes(frames[2], "big")
                messages = [message for message in self.engine.ring if message[0] >= start]
                broken = faulty and self.rng.random() < 0.1
                twice = faulty and self.rng.random() < 0.1
                if broken:
                    self.faults += 1
                    messages = messages[: self.rng.randrange(len(messages) + 1)]
                if twice:
                    self.faults += 1
                    messages = messages + messages
                self.replays.append((frames[0], deque(messages), broken))
        for replay in list(self.replays):
            client, messages, broken = replay
            for _ in range(20):
                if not messages:
                    break
                self.reply(client, *messages.popleft())
            if not messages:
                self.replays.remove(replay)
                if not broken:
                    self.repeats.send_multipart([client, b"", b"", b"\xff" * 8, b""])

    def reply(self, client, seq, payload):
        frames = [client, b"", b"", seq.to_bytes(8, "big"), payload]
        if self.rng.random() < 0.5:
            del frames[2]  # without the topic
        self.repeats.send_multipart(frames)

    def settle(self):
        self.delayed = None
        self.send(self.engine.step())


def truth(engine, out):
    for block in engine.blocks.values():
        path = " ".join(map(str, block.path())) if engine.shape.tokens else ""
        for tier in TIERS:
            if block.copies[tier]:
                out.write(f"b {tier} {block.number:016x} {path}\n")


def main():
    shape, seed, steps, fault_percent = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    rng = random.Random(seed)
    engine = Engine(SHAPES[shape](), rng)
    publisher = Publisher(engine, rng, fault_percent)
    print("ports", *publisher.ports, flush=True)
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    while True:
        publisher.serve(False)
        if not selector.select(0.002):
            continue
        if not sys.stdin.readline():
            return
        for _ in range(steps):
            publisher.step()
            publisher.serve(True)
        publisher.settle()
        truth(engine, sys.stdout)
        print("quiet", engine.events_sent, publisher.faults, engine.seq, flush=True)


if __name__ == "__main__":
    main()
