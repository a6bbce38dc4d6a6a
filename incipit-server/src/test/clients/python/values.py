# SPDX-License-Identifier: Apache-2.0
"""What LMCache's connectors for redis:// and redis-cluster:// send, through redis-py; and what other
users of redis-py do with values. Ends with "ok"; a wrong answer ends it before."""

import asyncio
import sys

import redis
import redis.asyncio

PORT = int(sys.argv[1])
CHUNK = 1 << 20


def key(chunk, worker=0):
    return f"org/model@2@{worker}@{chunk:016x}@bfloat16"


def body(chunk):
    return bytes((chunk + i) % 251 for i in range(997)) * (CHUNK // 997)


async def put(client, chunk):
    await client.set(key(chunk) + "kv_bytes", body(chunk))
    await client.set(key(chunk) + "metadata", bytes(28))


async def get(client, chunk):
    if await client.get(key(chunk) + "metadata") is None:
        return None
    return await client.get(key(chunk) + "kv_bytes")


async def lmcache(client):
    assert [await client.exists(key(chunk) + "metadata") for chunk in range(2)] == [0, 0]
    await asyncio.gather(*(put(client, chunk) for chunk in range(8)))
    for chunk in range(8):
        assert await client.exists(key(chunk) + "metadata") == 1, chunk
    for chunk, value in enumerate(await asyncio.gather(*(get(client, c) for c in range(8)))):
        assert value == body(chunk), chunk
    assert await get(client, 99) is None
    assert await client.delete(key(3) + "metadata") == 1
    assert await client.exists(key(3) + "kv_bytes") == 0
    assert await client.delete(key(3) + "kv_bytes") == 1
    await client.flushdb()


async def connectors():
    for protocol in (2, 3):
        client = redis.asyncio.Redis(port=PORT, protocol=protocol)
        await lmcache(client)
        await client.aclose()
    cluster = redis.asyncio.RedisCluster(host="127.0.0.1", port=PORT)
    await lmcache(cluster)
    await cluster.aclose()


def others():
    client = redis.Redis(port=PORT)
    with client.pipeline() as pipe:
        pipe.set("a", body(1)).get("a").set("b", "2", px=100000).mget("a", "b", "c")
        assert pipe.execute() == [True, body(1), True, [body(1), b"2", None]]
    with client.pipeline(transaction=False) as pipe:
        for chunk in range(8):
            pipe.set(f"c:{chunk}", body(chunk))
        assert pipe.execute() == [True] * 8
    assert client.mget([f"c:{chunk}" for chunk in range(8)]) == [body(c) for c in range(8)]
    assert sorted(client.scan_iter("c:*", count=3)) == [b"c:%d" % chunk for chunk in range(8)]
    assert client.getrange("c:2", 100, 199) == body(2)[100:200]
    assert client.strlen("c:2") == len(body(2))
    assert client.ttl("b") in (99, 100)
    assert client.set("a", "x", nx=True) is None
    assert client.memory_usage("c:1") > CHUNK // 997 * 997
    assert client.info("keyspace")["db0"]["keys"] == 10
    assert client.unlink(*(f"c:{chunk}" for chunk in range(8))) == 8
    client.flushall()
    assert client.dbsize() == 0


asyncio.run(connectors())
others()
print("ok")
