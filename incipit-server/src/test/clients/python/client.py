# SPDX-License-Identifier: Apache-2.0
"""Asks a server in text through redis-py, and prints what it understood; ClientsIT judges."""

import sys

import redis


def flat(reply):
    if not isinstance(reply, list):
        return str(reply)
    return " ".join(text for text in map(flat, reply) if text)


client = redis.Redis(port=int(sys.argv[1]), decode_responses=True)
ask = client.execute_command
for seq, blocks in enumerate((200, 5000), 1):
    hashes = ["%016x" % (blocks << 48 | 0x8F9FAFBFCFDF + i) for i in range(blocks)]
    chain = "".join(hashes)
    half = "".join(hashes[: blocks // 2])
    rest = "".join(hashes[blocks // 2 :])
    print("publish", ask("KVC.PUBLISH", "default", "long", 1, seq, "STORE", "GPU", "", chain, "HEX"))
    print("publish", ask("KVC.PUBLISH", "default", "half", 1, seq, "STORE", "HOST", "", half, "HEX"))
    match = ask("KVC.MATCH", "default", chain, "HEX")
    print("match", flat(match[:3]), "by", flat(match[4]))
    place = ask("KVC.MATCH", "default", half, "HEX")[3]
    match = ask("KVC.MATCH", "default", rest, "FROM", place, "HEX")
    print("from", flat(match[:3]), "by", flat(match[4]))
    score = ask("KVC.SCORE", "default", chain, "HEX")
    print("score", flat(score[:2]), "by", flat(score[3:]))
    print("locate", flat(ask("KVC.LOCATE", "default", hashes[-1], "HEX")))
    print("run", ask("KVC.RUN", "default", hashes[0], 3, "HEX")[0])
