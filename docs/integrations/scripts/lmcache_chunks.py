#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Chunks through LMCache's own storage, unmodified and without an engine.

    FOLDER/lmcache/bin/python lmcache_chunks.py --l2-adapter JSON ACTION...
    FOLDER/lmcache/bin/python lmcache_chunks.py --remote-url redis://127.0.0.1:7379 ACTION...

The first is the storage manager of LMCache's server (its memory, store, prefetch and eviction
controllers, its adapter), the second a connector of its in-process mode. Actions, in order:

    store:A-B   chunks A up to B, all ranks of each
    load:A-B    the same back from the server, byte for byte
    drop        forgets what LMCache has in its own memory
    usage       how much LMCache thinks it has at the server
    sleep:S     waits S seconds
    wait        waits for a line on the standard input

Prints one line of JSON an action. Bytes of a chunk follow from its number and rank, so another
process can check what this one stored.
"""

import argparse
import asyncio
import json
import os
import sys
import threading
import time

os.environ.setdefault("LMCACHE_LOG_LEVEL", "ERROR")
os.environ.setdefault("LMCACHE_TRACK_USAGE", "false")
os.environ.setdefault("LMCACHE_DISABLE_BANNER", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch  # noqa: E402

MODEL = "tiny/llama"
CHUNK_TOKENS = 256
WAIT_S = 60.0


def pattern(number, rank, length):
    """What a chunk's part holds: its number and rank, and bytes that no other one has in order."""
    generator = torch.Generator().manual_seed(number * 256 + rank)
    return torch.randint(0, 256, (length,), dtype=torch.uint8, generator=generator)


def flat(memory):
    """The bytes of one of LMCache's memory objects, as a tensor over the same memory."""
    view = memoryview(memory.byte_array)
    return torch.frombuffer(view if view.format == "B" else view.cast("B"), dtype=torch.uint8)


class Server:
    """The storage of LMCache's server."""

    def __init__(self, adapter, ranks, chunk_bytes):
        from lmcache.v1.distributed.config import get_arg_parser, parse_args_to_config
        from lmcache.v1.distributed.storage_manager import StorageManager

        words = "--l1-size-gb 1 --no-l1-use-lazy --eviction-policy LRU --l2-adapter"
        args = get_arg_parser().parse_args([*words.split(), adapter])
        self.manager = StorageManager(parse_args_to_config(args))
        self.ranks, self.bytes = ranks, chunk_bytes
        self.stored = 0

    def keys(self, chunks, rank):
        from lmcache.v1.distributed.api import ObjectKey

        kv_rank = ObjectKey.ComputeKVRank(self.ranks, rank, self.ranks, rank)
        return [ObjectKey((n + 1).to_bytes(32, "big"), MODEL, kv_rank) for n in chunks]

    def layout(self):
        from lmcache.v1.distributed.api import MemoryLayoutDesc

        return MemoryLayoutDesc([torch.Size([self.bytes])], [torch.uint8])

    def store(self, chunks):
        """Each rank stores its parts, one rank after the other, as workers do."""
        stored = 0
        for rank in range(self.ranks):
            keys = self.keys(chunks, rank)
            reserved = self.manager.reserve_write(keys, self.layout())
            for number, key in zip(chunks, keys):
                if key in reserved:
                    flat(reserved[key]).copy_(pattern(number, rank, self.bytes))
            self.manager.finish_write(list(reserved))
            stored += len(reserved)
        return {"stored": stored, "idle": self.idle()}

    def idle(self):
        """Waits until nothing is on its way to the server: its count of bytes stands still."""
        last, since = self.used(), time.monotonic()
        start = since
        while time.monotonic() - since < 1.0 and time.monotonic() - start < WAIT_S:
            time.sleep(0.05)
            if self.used() != last:
                last, since = self.used(), time.monotonic()
        return round(time.monotonic() - start, 1)

    def used(self):
        return self.manager.get_l2_usages()[0][0]

    def load(self, chunks):
        from lmcache.v1.distributed.api import GroupedObjectKeys, PrefetchTaskSpec

        rows = [
            GroupedObjectKeys(self.keys(chunks, rank), 0, self.layout())
            for rank in range(self.ranks)
        ]
        start = time.monotonic()
        task = self.manager.submit_prefetch_task(PrefetchTaskSpec(rows))
        if not self.manager.wait_prefetch_status(task, WAIT_S):
            return {"error": "no answer within %d s" % WAIT_S}
        result = self.manager.query_prefetch_status(task)
        took = time.monotonic() - start
        found = [[i for i in range(len(chunks)) if row.test(i)] for row in result.hit_cells]
        equal = sum(self.equal(chunks, rank, hits) for rank, hits in enumerate(found))
        return {
            "chunks": len(chunks),
            "parts_found": sum(map(len, found)),
            "from_server": result.l2_hit_count,
            "equal": equal,
            "ms": round(took * 1000),
        }

    def equal(self, chunks, rank, hits):
        keys = self.keys(chunks, rank)
        hit_keys = [keys[i] for i in hits]
        if not hit_keys:
            return 0
        with self.manager.read_prefetched_results(hit_keys) as objects:
            same = sum(
                torch.equal(flat(memory), pattern(chunks[i], rank, self.bytes))
                for i, memory in zip(hits, objects or [])
            )
        self.manager.finish_read_prefetched(hit_keys)
        return same

    def drop(self):
        self.manager.clear()
        return {}

    def usage(self):
        usage = next(iter(self.manager.get_l2_usages_by_type().values()))[0]
        return {"bytes": usage.total_bytes_used, "of": usage.total_capacity_bytes}


class Connector:
    """A connector of LMCache's in-process mode; one rank of a world of `ranks` at a time."""

    def __init__(self, url, ranks, chunk_bytes):
        self.url, self.ranks, self.bytes = url, ranks, chunk_bytes
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.workers = [self.connect(rank) for rank in range(ranks)]

    def connect(self, rank):
        from lmcache.v1.config import LMCacheEngineConfig
        from lmcache.v1.metadata import LMCacheMetadata
        from lmcache.v1.storage_backend.connector import CreateConnector
        from lmcache.v1.storage_backend.local_cpu_backend import LocalCPUBackend

        one_key = not self.url.startswith("redis")
        config = LMCacheEngineConfig.from_defaults(
            chunk_size=CHUNK_TOKENS,
            local_cpu=True,
            max_local_cpu_size=0.5,
            remote_url=self.url,
            remote_serde="naive",
            save_unfull_chunk=False,
            extra_config={"save_chunk_meta": False} if one_key else {},
        )
        heads = self.bytes // (2 * 2 * CHUNK_TOKENS * 32 * 2)
        metadata = LMCacheMetadata(
            model_name=MODEL,
            world_size=self.ranks,
            local_world_size=self.ranks,
            worker_id=rank,
            local_worker_id=rank,
            kv_dtype=torch.bfloat16,
            kv_shape=(2, 2, CHUNK_TOKENS, heads, 32),
            chunk_size=CHUNK_TOKENS,
        )
        backend = LocalCPUBackend(config, metadata, dst_device="cpu")

        async def made():
            return CreateConnector(self.url, self.loop, backend, config, metadata)

        return self.run(made()), backend

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(WAIT_S)

    def keys(self, chunks, rank):
        from lmcache.utils import CacheEngineKey

        first = 0x1111222233334444
        return [
            CacheEngineKey(MODEL, self.ranks, rank, first + n, torch.bfloat16) for n in chunks
        ]

    def store(self, chunks):
        stored = 0
        for rank, (connector, backend) in enumerate(self.workers):
            raw = getattr(connector, "_connector", connector)
            for number, key in zip(chunks, self.keys(chunks, rank)):
                memory = backend.allocate(raw.meta_shapes, raw.meta_dtypes, raw.meta_fmt)
                flat(memory).copy_(pattern(number, rank, len(flat(memory))))
                self.run(connector.put(key, memory))
                stored += 1
        return {"stored": stored}

    def load(self, chunks):
        found, equal = 0, 0
        start = time.monotonic()
        for rank, (connector, _) in enumerate(self.workers):
            for number, key in zip(chunks, self.keys(chunks, rank)):
                if not self.run(connector.exists(key)):
                    continue
                found += 1
                memory = self.run(connector.get(key))
                equal += torch.equal(flat(memory), pattern(number, rank, len(flat(memory))))
                memory.ref_count_down()
        took = round((time.monotonic() - start) * 1000)
        return {"chunks": len(chunks), "parts_found": found, "equal": equal, "ms": took}

    def drop(self):
        return {}

    def usage(self):
        return {}


def act(storage, action):
    name, _, rest = action.partition(":")
    if name in ("store", "load"):
        first, last = map(int, rest.split("-"))
        return getattr(storage, name)(list(range(first, last)))
    if name == "sleep":
        time.sleep(float(rest))
        return {}
    if name == "wait":
        print(json.dumps({"action": "wait"}), flush=True)
        return {} if sys.stdin.readline() else {"error": "nobody said to go on"}
    return getattr(storage, name)()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--l2-adapter", help="as `lmcache server` takes it")
    parser.add_argument("--remote-url", help="redis://, valkey:// or resp://HOST:PORT")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--chunk-kib", type=int, default=1024, help="of each rank")
    parser.add_argument("actions", nargs="+")
    args = parser.parse_args()
    if args.l2_adapter:
        storage = Server(args.l2_adapter, args.ranks, args.chunk_kib << 10)
    else:
        storage = Connector(args.remote_url, args.ranks, args.chunk_kib << 10)
    for action in args.actions:
        try:
            result = act(storage, action)
        except Exception as failure:
            result = {"error": "%s: %s" % (type(failure).__name__, failure)}
        print(json.dumps({"action": action, **result}), flush=True)
    # LMCache's threads do not all end by themselves.
    os._exit(0)


if __name__ == "__main__":
    main()
