# SPDX-License-Identifier: Apache-2.0
"""What LMCache's connector for valkey:// sends, through GLIDE. Ends with "ok"; a wrong answer ends it
before."""

import sys

from glide_sync import (
    ExpirySet,
    ExpiryType,
    GlideClient,
    GlideClientConfiguration,
    GlideClusterClient,
    GlideClusterClientConfiguration,
    NodeAddress,
)

ADDRESS = [NodeAddress("127.0.0.1", int(sys.argv[1]))]
CHUNK = 1 << 20


def key(chunk):
    return f"org/model@2@0@{chunk:016x}@bfloat16"


def body(chunk):
    return bytes((chunk + i) % 251 for i in range(997)) * (CHUNK // 997)


def lmcache(client):
    assert client.exists([key(0)]) == 0
    for chunk in range(4):
        assert client.set(key(chunk), body(chunk)) == "OK"
    assert client.set(key(4), body(4), expiry=ExpirySet(ExpiryType.SEC, 100)) == "OK"
    for chunk in range(5):
        assert client.exists([key(chunk)]) == 1
        assert client.get(key(chunk)) == body(chunk)
    assert client.get(key(99)) is None
    assert client.delete([key(2)]) == 1
    assert client.delete([key(2)]) == 0
    client.flushdb()


client = GlideClient.create(
    GlideClientConfiguration(ADDRESS, client_name="lmcache", request_timeout=60000)
)
lmcache(client)
client.close()
client = GlideClusterClient.create(
    GlideClusterClientConfiguration(ADDRESS, request_timeout=60000)
)
lmcache(client)
client.close()
print("ok")
