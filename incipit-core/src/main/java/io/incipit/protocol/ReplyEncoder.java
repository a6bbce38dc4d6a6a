// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import io.incipit.block.BlockChain;
import io.incipit.block.Cursor;
import io.incipit.block.Holders;
import io.incipit.block.Reply;
import io.incipit.block.Scores;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import java.util.HexFormat;
import java.util.Map;

/// Writes replies. Their shapes are the same in RESP2 and RESP3.
public final class ReplyEncoder {
  private ReplyEncoder() {}

  /// Appends a reply.
  ///
  /// @param hex whether hashes and cursors are to be text
  public static void encode(Reply reply, boolean hex, RespBuffer out) {
    switch (reply) {
      case Reply.Done() -> out.simple("OK");
      case Reply.Published(var seq, _) -> out.integer(seq);
      case Reply.Matched matched -> {
        out.array(5).integer(matched.blocks()).integer(matched.tokens()).integer(matched.flags());
        cursor(matched.cursor(), hex, out);
        holders(matched.holders(), out);
      }
      case Reply.Scored scored -> {
        out.array(5).integer(scored.known()).integer(scored.flags());
        cursor(scored.cursor(), hex, out);
        scores(scored.scores(), out);
      }
      case Reply.Ran(var hashes, var flags, var holders) -> {
        out.array(3);
        hashes(hashes, hex, out);
        out.integer(flags);
        holders(holders, out);
      }
      case Reply.Located(var located) -> {
        out.array(located.size());
        located.forEach(holders -> whereabouts(holders, out));
      }
      case Reply.Names(var names) -> {
        out.array(names.size());
        names.forEach(out::bulk);
      }
      case Reply.Row(var fields) -> row(fields, out);
      case Reply.Rows(var rows) -> {
        out.array(rows.size());
        rows.forEach(fields -> row(fields, out));
      }
      case Reply.Refused(var code, var detail) -> out.error(code.name() + " " + detail);
    }
  }

  private static void cursor(Cursor cursor, boolean hex, RespBuffer out) {
    if (hex) {
      out.bulk(HexFormat.of().formatHex(cursor.toBytes()));
    } else {
      out.bulk(cursor.toBytes());
    }
  }

  private static void hashes(BlockChain hashes, boolean hex, RespBuffer out) {
    if (hex) {
      out.bulk(HexFormat.of().formatHex(hashes.toBytes()));
    } else {
      int at = out.beginBulk(hashes.length() * hashes.hashBytes());
      hashes.copyTo(out.array(), at);
    }
  }

  private static void holders(Holders holders, RespBuffer out) {
    int at = out.beginBulk(holders.count() * Records.INTERVAL_BYTES);
    for (int i = 0; i < holders.count(); i++, at += Records.INTERVAL_BYTES) {
      out.putInt(at, holders.from(i));
      out.putInt(at + 4, holders.to(i));
      out.putInt(at + 8, holders.owner(i));
      out.putInt(at + 12, holders.tier(i).code());
    }
  }

  private static void whereabouts(Holders holders, RespBuffer out) {
    int at = out.beginBulk(holders.count() * Records.HOLDER_BYTES);
    for (int i = 0; i < holders.count(); i++, at += Records.HOLDER_BYTES) {
      out.putInt(at, holders.owner(i));
      out.putInt(at + 4, holders.tier(i).code());
    }
  }

  private static void scores(Scores scores, RespBuffer out) {
    int at = out.beginBulk(Records.COUNTS_BYTES);
    for (int code = 0; code < Tier.COUNT; code++) {
      out.putInt(at + 4 * code, scores.base(Tier.of(code)));
    }
    at = out.beginBulk(scores.count() * Records.SCORE_BYTES);
    for (int i = 0; i < scores.count(); i++, at += Records.SCORE_BYTES) {
      out.putInt(at, scores.owner(i));
      for (int code = 0; code < Tier.COUNT; code++) {
        out.putInt(at + 4 + 4 * code, scores.blocks(i, Tier.of(code)));
      }
    }
  }

  private static void row(Map<String, Value> fields, RespBuffer out) {
    out.array(2 * fields.size());
    fields.forEach((name, value) -> out.bulk(name).bulk(value.text()));
  }
}
