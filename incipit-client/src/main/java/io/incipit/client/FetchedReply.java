// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.client.Fetched.End;
import io.incipit.protocol.Limits;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.ReplyDecoder;
import io.incipit.protocol.RespValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// What the values of a prefix are asked for with, and how they are read.
final class FetchedReply {
  static final int PIECE_BYTES = 64 << 10;

  private FetchedReply() {}

  /// Milliseconds, rounded up, of a deadline that is zero if there is none.
  static long millis(Duration deadline) {
    long most = Limits.FETCH_DEADLINE_MS_MAX;
    if (deadline.isNegative() || deadline.compareTo(Duration.ofMillis(most)) > 0) {
      throw new IllegalArgumentException(
          "deadline: %s (expected: 0 to %s)".formatted(deadline, Duration.ofMillis(most)));
    }
    return deadline.plusNanos(999_999).toMillis();
  }

  /// Reads a reply, and compares all values with their checksums.
  ///
  /// @param asked how many values were asked for
  static Fetched decode(RespValue reply, int asked) throws MalformedException {
    if (reply instanceof RespValue.Failure(var text)) {
      var refused = ReplyDecoder.refused(text);
      throw new ClientException.Refused(refused.code(), refused.detail());
    }
    if (!(reply instanceof RespValue.Values(var values))
        || values.isEmpty()
        || values.size() - 1 > asked
        || !(values.getLast() instanceof RespValue.Simple(var end))) {
      throw new MalformedException(
          "%s (expected: blocks and why they end)".formatted(shown(reply)));
    }
    var blocks = new ArrayList<ByteBuffer>(values.size() - 1);
    for (var value : values.subList(0, values.size() - 1)) {
      if (value instanceof RespValue.Nothing) {
        break;
      }
      if (!isGood(value, blocks)) {
        return new Fetched(blocks, End.BAD);
      }
    }
    return new Fetched(blocks, end(end, blocks.size(), asked));
  }

  /// Compares a block with its checksums, and adds it if they are its own.
  private static boolean isGood(RespValue block, List<ByteBuffer> blocks)
      throws MalformedException {
    if (!(block instanceof RespValue.Values(var parts))
        || parts.size() != 2
        || !(parts.getFirst() instanceof RespValue.Bulk sums)
        || !(parts.getLast() instanceof RespValue.Bulk value)) {
      throw new MalformedException("%s (expected: checksums and bytes)".formatted(shown(block)));
    }
    var bytes = value.bytes();
    int pieces = pieces(bytes.length);
    if (sums.bytes().length != pieces * Integer.BYTES) {
      throw new MalformedException(
          "checksums: %d bytes (expected: %d)"
              .formatted(sums.bytes().length, pieces * Integer.BYTES));
    }
    var given = ByteBuffer.wrap(sums.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    var sum = new CRC32C();
    for (int from = 0; from < bytes.length; from += PIECE_BYTES) {
      sum.reset();
      sum.update(bytes, from, Math.min(PIECE_BYTES, bytes.length - from));
      if ((int) sum.getValue() != given.getInt()) {
        return false;
      }
    }
    blocks.add(ByteBuffer.wrap(bytes).asReadOnlyBuffer());
    return true;
  }

  /// Checksums of a value of a length.
  static int pieces(int length) {
    return (length + PIECE_BYTES - 1) / PIECE_BYTES;
  }

  /// Why a reply ends that has so many blocks.
  static End end(String text, int delivered, int asked) throws MalformedException {
    if (text.equals("END") && delivered == asked) {
      return End.ALL;
    }
    for (var end : List.of(End.MISS, End.BAD, End.DEADLINE)) {
      if (text.equals(end + " " + delivered)) {
        return end;
      }
    }
    throw new MalformedException(
        "end: %s (expected: that of %d blocks of %d)".formatted(text, delivered, asked));
  }

  /// A reply in a message, without its bytes.
  private static String shown(RespValue reply) {
    return reply.getClass().getSimpleName();
  }
}
