// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import io.incipit.block.BlockChain;
import io.incipit.block.Cursor;
import io.incipit.block.ErrorCode;
import io.incipit.block.Holders;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Scores;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the reply to an operation out of a RESP value.
public final class ReplyDecoder {
  private ReplyDecoder() {}

  /// The reply to `op`, asked without `HEX`.
  ///
  /// @throws MalformedException if the value has not the shape of that reply
  public static Reply decode(Op op, RespValue value) throws MalformedException {
    if (value instanceof RespValue.Failure(var text)) {
      return refused(text);
    }
    return switch (op) {
      case Op.Match _ -> matched(values(value, 5));
      case Op.Score score -> scored(score.names(), values(value, score.names() ? 6 : 5));
      case Op.Run run -> ran(run, values(value, 3));
      case Op.Locate _ -> located(values(value));
      case Op.Publish _ -> published(value);
      case Op.CreateNamespace _, Op.DropNamespace _, Op.Foretell _ -> new Reply.Done();
      case Op.ListNamespaces _ -> names(values(value));
      case Op.DescribeNamespace _, Op.Stats _ -> new Reply.Row(row(value));
      case Op.Owners _, Op.Inspect _, Op.Engines _ -> rows(values(value));
    };
  }

  /// The refusal that an error says.
  public static Reply.Refused refused(String text) {
    int end = text.indexOf(' ') < 0 ? text.length() : text.indexOf(' ');
    var word = text.substring(0, end);
    var detail = text.substring(Math.min(text.length(), end + 1));
    return Arrays.stream(ErrorCode.values())
        .filter(code -> code.name().equals(word))
        .findFirst()
        .map(code -> new Reply.Refused(code, detail))
        .orElseGet(() -> new Reply.Refused(ErrorCode.SYNTAX, text));
  }

  private static Reply matched(List<RespValue> values) throws MalformedException {
    return new Reply.Matched(
        (int) number(values.get(0)),
        number(values.get(1)),
        (int) number(values.get(2)),
        cursor(values.get(3)),
        intervals(bytes(values.get(4))));
  }

  private static Reply published(RespValue value) throws MalformedException {
    if (value instanceof RespValue.Values) {
      var values = values(value, 2);
      return new Reply.Published(number(values.get(0)), number(values.get(1)));
    }
    return new Reply.Published(number(value));
  }

  private static Reply scored(boolean named, List<RespValue> values) throws MalformedException {
    var base = ints(bytes(values.get(3)), Records.COUNTS_BYTES);
    var listed = ints(bytes(values.get(4)), Records.SCORE_BYTES);
    if (base.length != Tier.COUNT) {
      throw new MalformedException(
          "base: %d counts (expected: %d)".formatted(base.length, Tier.COUNT));
    }
    var scores = Scores.owning(base, listed);
    int known = (int) number(values.get(0));
    int flags = (int) number(values.get(1));
    var cursor = cursor(values.get(2));
    return named
        ? new Reply.Scored(known, flags, cursor, scores, owners(scores, values(values.get(5))))
        : new Reply.Scored(known, flags, cursor, scores);
  }

  /// The names in a list of numbers and names, which must be those of the listed owners.
  private static List<String> owners(Scores scores, List<RespValue> pairs)
      throws MalformedException {
    var names = new ArrayList<String>(scores.count());
    for (int i = 0; i + 1 < pairs.size(); i += 2) {
      if (names.size() == scores.count()
          || number(pairs.get(i)) != Integer.toUnsignedLong(scores.owner(names.size()))) {
        throw new MalformedException(
            "names: owner %s (expected: the listed ones)".formatted(pairs.get(i)));
      }
      names.add(text(pairs.get(i + 1)));
    }
    if (names.size() != scores.count()) {
      throw new MalformedException(
          "names: %d (expected: %d)".formatted(names.size(), scores.count()));
    }
    return names;
  }

  /// Hashes come as the index keeps them: their last 16 bytes, all of them where there are fewer.
  private static Reply ran(Op.Run op, List<RespValue> values) throws MalformedException {
    var hashes = bytes(values.get(0));
    int hashBytes = Math.min(op.hash().hashBytes(), 2 * Long.BYTES);
    if (hashes.length % hashBytes != 0) {
      throw new MalformedException(
          "hashes: %d bytes (expected: a multiple of %d)".formatted(hashes.length, hashBytes));
    }
    return new Reply.Ran(
        BlockChain.wrap(hashes, 0, hashes.length / hashBytes, hashBytes),
        (int) number(values.get(1)),
        intervals(bytes(values.get(2))));
  }

  private static Reply located(List<RespValue> values) throws MalformedException {
    var located = new ArrayList<Holders>(values.size());
    for (var value : values) {
      var fields = ints(bytes(value), Records.HOLDER_BYTES);
      int count = fields.length / 2;
      var intervals = new int[4 * count];
      for (int i = 0; i < count; i++) {
        intervals[4 * i + 1] = 1;
        intervals[4 * i + 2] = fields[2 * i];
        intervals[4 * i + 3] = fields[2 * i + 1];
      }
      located.add(Holders.owning(intervals));
    }
    return new Reply.Located(located);
  }

  private static Cursor cursor(RespValue value) throws MalformedException {
    var bytes = bytes(value);
    if (bytes.length > Cursor.BYTES_MAX) {
      throw new MalformedException(
          "cursor: %d bytes (expected: at most %d)".formatted(bytes.length, Cursor.BYTES_MAX));
    }
    return Cursor.of(bytes);
  }

  private static Holders intervals(byte[] packed) throws MalformedException {
    return Holders.owning(ints(packed, Records.INTERVAL_BYTES));
  }

  private static Reply names(List<RespValue> values) throws MalformedException {
    var names = new ArrayList<String>(values.size());
    for (var value : values) {
      names.add(text(value));
    }
    return new Reply.Names(names);
  }

  private static Reply rows(List<RespValue> values) throws MalformedException {
    var rows = new ArrayList<Map<String, Value>>(values.size());
    for (var value : values) {
      rows.add(row(value));
    }
    return new Reply.Rows(rows);
  }

  private static Map<String, Value> row(RespValue value) throws MalformedException {
    var values = values(value);
    var row = new LinkedHashMap<String, Value>();
    for (int i = 0; i + 1 < values.size(); i += 2) {
      row.put(text(values.get(i)), value(values.get(i + 1)));
    }
    return row;
  }

  private static Value value(RespValue value) throws MalformedException {
    return value instanceof RespValue.Whole(var number) ? Value.of(number) : Value.of(text(value));
  }

  private static int[] ints(byte[] packed, int recordBytes) throws MalformedException {
    if (packed.length % recordBytes != 0) {
      throw new MalformedException(
          "records: %d bytes (expected: a multiple of %d)".formatted(packed.length, recordBytes));
    }
    var ints = new int[packed.length / Integer.BYTES];
    ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(ints);
    return ints;
  }

  private static List<RespValue> values(RespValue value, int count) throws MalformedException {
    var values = values(value);
    if (values.size() != count) {
      throw new MalformedException(
          "reply: %d values (expected: %d)".formatted(values.size(), count));
    }
    return values;
  }

  private static List<RespValue> values(RespValue value) throws MalformedException {
    if (value instanceof RespValue.Values(var values)) {
      return values;
    }
    throw new MalformedException("reply: %s (expected: an array)".formatted(value));
  }

  private static long number(RespValue value) throws MalformedException {
    if (value instanceof RespValue.Whole(var number)) {
      return number;
    }
    throw new MalformedException("reply: %s (expected: a number)".formatted(value));
  }

  private static byte[] bytes(RespValue value) throws MalformedException {
    if (value instanceof RespValue.Bulk bulk) {
      return bulk.bytes();
    }
    throw new MalformedException("reply: %s (expected: a bulk string)".formatted(value));
  }

  private static String text(RespValue value) throws MalformedException {
    return switch (value) {
      case RespValue.Bulk bulk -> bulk.text();
      case RespValue.Simple(var text) -> text;
      case RespValue.Whole(var number) -> Long.toString(number);
      case RespValue.Failure _, RespValue.Values _, RespValue.Nothing _ ->
          throw new MalformedException("reply: %s (expected: a text)".formatted(value));
    };
  }
}
