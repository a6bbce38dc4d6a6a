// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import java.util.Locale;

/// What clients of a Redis cluster ask: the answers are those of a cluster of one node, which has
/// all slots. For one connection's event loop.
final class ClusterCommand {
  private static final int SLOTS = 16_384;
  private static final int LAST = SLOTS - 1;

  private final ServerView server;
  private final Client client;

  ClusterCommand(ServerView server, Client client) {
    this.server = server;
    this.client = client;
  }

  void run(Request request, RespBuffer out) {
    switch (RedisErrors.shown(request, 1, 16).toUpperCase(Locale.ROOT)) {
      case "SLOTS" -> slots(out);
      case "SHARDS" -> shards(out);
      case "NODES" -> out.bulk(nodes());
      case "INFO" -> out.bulk(info());
      case "MYID" -> out.bulk(InfoText.runId());
      case "KEYSLOT" -> {
        if (RedisErrors.takes("CLUSTER", request, 3, 3, out)) {
          out.integer(slot(request.bytes(), request.offset(2), request.length(2)));
        }
      }
      default -> out.error("ERR " + RedisErrors.unknownSubcommand("CLUSTER", request));
    }
  }

  private void slots(RespBuffer out) {
    out.array(1).array(3).integer(0).integer(LAST);
    out.array(4).bulk(client.localHost()).integer(server.respPort());
    out.bulk(InfoText.runId()).array(0);
  }

  private void shards(RespBuffer out) {
    out.array(1).map(2);
    out.bulk("slots").array(2).integer(0).integer(LAST);
    out.bulk("nodes").array(1).map(7);
    out.bulk("id").bulk(InfoText.runId());
    out.bulk("port").integer(server.respPort());
    out.bulk("ip").bulk(client.localHost());
    out.bulk("endpoint").bulk(client.localHost());
    out.bulk("role").bulk("master");
    out.bulk("replication-offset").integer(0);
    out.bulk("health").bulk("online");
  }

  private String nodes() {
    return "%s %s:%d@%d myself,master - 0 0 1 connected 0-%d\n"
        .formatted(
            InfoText.runId(), client.localHost(), server.respPort(), server.respPort(), LAST);
  }

  private static String info() {
    return """
        cluster_state:ok
        cluster_slots_assigned:%1$d
        cluster_slots_ok:%1$d
        cluster_slots_pfail:0
        cluster_slots_fail:0
        cluster_known_nodes:1
        cluster_size:1
        cluster_current_epoch:1
        cluster_my_epoch:1
        """
        .formatted(SLOTS)
        .replace("\n", "\r\n");
  }

  /// The slot of a key: of what is between its first braces, if that is anything, else of all of
  /// it.
  static int slot(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int open = find(bytes, offset, end, '{');
    int close = open < end ? find(bytes, open + 1, end, '}') : end;
    boolean tagged = close < end && close > open + 1;
    return tagged ? crc(bytes, open + 1, close) % SLOTS : crc(bytes, offset, end) % SLOTS;
  }

  private static int find(byte[] bytes, int from, int end, char wanted) {
    int at = from;
    while (at < end && bytes[at] != wanted) {
      at++;
    }
    return at;
  }

  /// CRC-16/XMODEM: polynomial 0x1021, beginning with 0.
  private static int crc(byte[] bytes, int from, int end) {
    int crc = 0;
    for (int at = from; at < end; at++) {
      crc ^= Byte.toUnsignedInt(bytes[at]) << Byte.SIZE;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ 0x1021;
      }
      crc &= 0xFFFF;
    }
    return crc;
  }
}
