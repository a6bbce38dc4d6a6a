// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.RespBuffer;
import io.incipit.protocol.RespValue;

/// A part of a block on its way to a server.
///
/// @param value not changed until the reply
record PutExchange(PutName put, BlockPart block, BlockBytes value) implements Exchange<PutOutcome> {
  /// Not an array in a record, which would be compared by identity.
  static final class BlockBytes {
    final byte[] bytes;

    BlockBytes(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  PutExchange {
    if (value.bytes.length > Limits.VALUE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "value: %d bytes (expected: at most %d)"
              .formatted(value.bytes.length, Limits.VALUE_BYTES_MAX));
    }
  }

  @Override
  public String name() {
    return "Put";
  }

  @Override
  public void encode(RespBuffer out) {
    out.array(7).bulk(Command.PUT.wireName()).bulk(put.namespace()).bulk(put.name());
    out.bulk(block.parent().toBytes()).bulk(block.hash().toBytes());
    out.bulk(block.part() + "/" + block.parts()).bulk(value.bytes);
  }

  /// The value goes where it is kept, and is not bounded by what a frame may have.
  @Override
  public int requestBytesMax() {
    return Limits.FRAME_BYTES_MAX + value.bytes.length;
  }

  @Override
  public PutOutcome decode(RespValue reply) throws MalformedException {
    if (reply instanceof RespValue.Simple(var word)) {
      for (var outcome : PutOutcome.values()) {
        if (outcome.name().equals(word)) {
          return outcome;
        }
      }
    }
    throw BlockReplies.refusal(reply, "OK, HAVE or DECLINED");
  }
}
