// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.protocol.Command;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.RespBuffer;
import io.incipit.protocol.RespValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Where a part of each of a prompt's leading blocks is, on the machine of the server.
record WhereExchange(ReadExchange read) implements Exchange<WhereExchange.Located> {
  /// The greatest value there is.
  private static final int LENGTH_MAX = 256 << 20;

  /// A value in a file.
  ///
  /// @param checksums of each 64 KiB, little-endian
  record Place(long offset, int length, ByteBuffer checksums) {}

  /// Values in a file, and why there are no more.
  ///
  /// @param local whether the server that says so is on this machine
  /// @param leaseMs for how long they stay, from when the reply was made
  record Located(String path, boolean local, long leaseMs, List<Place> places, Fetched.End end) {
    Located {
      places = List.copyOf(places);
    }
  }

  @Override
  public String name() {
    return "Where";
  }

  @Override
  public void encode(RespBuffer out) {
    read.encode(Command.WHERE, out);
  }

  /// As much as an array may have: the caller asked for these blocks.
  @Override
  public int replyBytesMax() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Located decode(RespValue reply) throws MalformedException {
    return decode(reply, false);
  }

  @Override
  public Located decode(RespValue reply, boolean local) throws MalformedException {
    if (!(reply instanceof RespValue.Values(var values))
        || values.size() < 2
        || values.size() - 2 > read.chain().length()
        || !(values.getFirst() instanceof RespValue.Values(var file))
        || file.size() != 2
        || !(file.getFirst() instanceof RespValue.Bulk path)
        || !(file.getLast() instanceof RespValue.Whole(var leaseMs))
        || !(values.getLast() instanceof RespValue.Simple(var end))) {
      throw BlockReplies.refusal(reply, "a file, blocks and why they end");
    }
    var places = new ArrayList<Place>(values.size() - 2);
    for (var value : values.subList(1, values.size() - 1)) {
      if (value instanceof RespValue.Nothing) {
        break;
      }
      places.add(place(value));
    }
    return new Located(
        new String(path.bytes(), StandardCharsets.UTF_8),
        local,
        leaseMs,
        places,
        FetchedReply.end(end, places.size(), read.chain().length()));
  }

  private static Place place(RespValue block) throws MalformedException {
    if (!(block instanceof RespValue.Values(var words))
        || words.size() != 4
        || !(words.get(0) instanceof RespValue.Whole(var offset))
        || !(words.get(1) instanceof RespValue.Whole(var length))
        || !(words.get(2) instanceof RespValue.Whole)
        || !(words.get(3) instanceof RespValue.Bulk sums)) {
      throw new MalformedException(
          "%s (expected: offset, length, generation and checksums)"
              .formatted(block.getClass().getSimpleName()));
    }
    if (offset < 0
        || length < 0
        || length > LENGTH_MAX
        || sums.bytes().length != FetchedReply.pieces(Math.toIntExact(length)) * Integer.BYTES) {
      throw new MalformedException(
          "block: %d bytes at %d, %d bytes of checksums (expected: 4 for each 64 KiB)"
              .formatted(length, offset, sums.bytes().length));
    }
    return new Place(
        offset,
        Math.toIntExact(length),
        ByteBuffer.wrap(sums.bytes()).order(ByteOrder.LITTLE_ENDIAN).asReadOnlyBuffer());
  }
}
