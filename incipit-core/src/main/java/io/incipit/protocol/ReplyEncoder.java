// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import io.incipit.block.BlockChain;
import io.incipit.block.Holders;
import io.incipit.block.Reply;
import io.incipit.block.Scores;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import java.util.HexFormat;
import java.util.Map;

/// Writes replies. Rows are maps of names to texts and numbers in RESP3, and arrays of texts in
/// RESP2; all other shapes are the same in both.
public final class ReplyEncoder {
  private ReplyEncoder() {}

  /// Appends a reply, for the version of RESP that the buffer has.
  ///
  /// @param hex whether the reply is to be all text, of bytes below 0x80: hashes and cursors in
  ///     hex, records as arrays of numbers, names escaped
  public static void encode(Reply reply, boolean hex, RespBuffer out) {
    switch (reply) {
      case Reply.Done() -> out.simple("OK");
      case Reply.Published(var seq, var dropped) -> published(seq, dropped, out);
      case Reply.Matched matched -> {
        out.array(5).integer(matched.blocks()).integer(matched.tokens()).integer(matched.flags());
        bytes(matched.cursor().toBytes(), hex, out);
        holders(matched.holders(), hex, out);
      }
      case Reply.Scored scored -> scored(scored, hex, out);
      case Reply.Ran(var hashes, var flags, var holders) -> {
        out.array(3);
        hashes(hashes, hex, out);
        out.integer(flags);
        holders(holders, hex, out);
      }
      case Reply.Located(var located) -> {
        out.array(located.size());
        located.forEach(holders -> whereabouts(holders, hex, out));
      }
      case Reply.Names(var names) -> {
        out.array(names.size());
        names.forEach(name -> text(name, hex, out));
      }
      case Reply.Row(var fields) -> row(fields, hex, out);
      case Reply.Rows(var rows) -> {
        out.array(rows.size());
        rows.forEach(fields -> row(fields, hex, out));
      }
      case Reply.Refused(var code, var detail) ->
          out.error(Escapes.escaped(RespBuffer.oneLine(code.name() + " " + detail), false));
    }
  }

  private static void published(long seq, long dropped, RespBuffer out) {
    if (dropped == 0) {
      out.integer(seq);
    } else {
      out.array(2).integer(seq).integer(dropped);
    }
  }

  private static void scored(Reply.Scored scored, boolean hex, RespBuffer out) {
    var scores = scored.scores();
    boolean names = scored.named();
    out.array(names ? 6 : 5).integer(scored.known()).integer(scored.flags());
    bytes(scored.cursor().toBytes(), hex, out);
    if (hex) {
      scoresAsText(scores, out);
    } else {
      scores(scores, out);
    }
    if (names) {
      out.array(2 * scores.count());
      for (int i = 0; i < scores.count(); i++) {
        out.integer(Integer.toUnsignedLong(scores.owner(i)));
        text(scored.names().get(i), hex, out);
      }
    }
  }

  private static void bytes(byte[] value, boolean hex, RespBuffer out) {
    if (hex) {
      out.bulk(HexFormat.of().formatHex(value));
    } else {
      out.bulk(value);
    }
  }

  /// A text; with `hex` what is not printable ASCII, and the backslash, is written `\xNN`.
  private static void text(String text, boolean hex, RespBuffer out) {
    out.bulk(hex ? Escapes.escaped(text, true) : text);
  }

  private static void hashes(BlockChain hashes, boolean hex, RespBuffer out) {
    if (hex) {
      out.bulk(HexFormat.of().formatHex(hashes.toBytes()));
    } else {
      int at = out.beginBulk(hashes.length() * hashes.hashBytes());
      hashes.copyTo(out.array(), at);
    }
  }

  private static void holders(Holders holders, boolean hex, RespBuffer out) {
    if (hex) {
      out.array(holders.count());
      for (int i = 0; i < holders.count(); i++) {
        out.array(4).integer(holders.from(i)).integer(holders.to(i));
        holder(holders, i, out);
      }
      return;
    }
    int at = out.beginBulk(holders.count() * Records.INTERVAL_BYTES);
    for (int i = 0; i < holders.count(); i++, at += Records.INTERVAL_BYTES) {
      out.putInt(at, holders.from(i));
      out.putInt(at + 4, holders.to(i));
      out.putInt(at + 8, holders.owner(i));
      out.putInt(at + 12, holders.tier(i).code());
    }
  }

  private static void holder(Holders holders, int i, RespBuffer out) {
    out.integer(Integer.toUnsignedLong(holders.owner(i))).integer(holders.tier(i).code());
  }

  private static void whereabouts(Holders holders, boolean hex, RespBuffer out) {
    if (hex) {
      out.array(holders.count());
      for (int i = 0; i < holders.count(); i++) {
        holder(holders, i, out.array(2));
      }
      return;
    }
    int at = out.beginBulk(holders.count() * Records.HOLDER_BYTES);
    for (int i = 0; i < holders.count(); i++, at += Records.HOLDER_BYTES) {
      out.putInt(at, holders.owner(i));
      out.putInt(at + 4, holders.tier(i).code());
    }
  }

  private static void scoresAsText(Scores scores, RespBuffer out) {
    out.array(Tier.COUNT);
    for (int code = 0; code < Tier.COUNT; code++) {
      out.integer(scores.base(Tier.of(code)));
    }
    out.array(scores.count());
    for (int i = 0; i < scores.count(); i++) {
      out.array(1 + Tier.COUNT).integer(Integer.toUnsignedLong(scores.owner(i)));
      for (int code = 0; code < Tier.COUNT; code++) {
        out.integer(scores.blocks(i, Tier.of(code)));
      }
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

  private static void row(Map<String, Value> fields, boolean hex, RespBuffer out) {
    out.map(fields.size());
    fields.forEach(
        (name, value) -> {
          out.bulk(name);
          if (out.resp3() && value instanceof Value.Whole(var number)) {
            out.integer(number);
          } else {
            text(value.text(), hex, out);
          }
        });
  }
}
