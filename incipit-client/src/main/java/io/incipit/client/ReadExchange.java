// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.block.BlockChain;
import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.RespBuffer;
import io.incipit.protocol.RespValue;

/// A part of each of a prompt's leading blocks.
///
/// @param deadlineMs 0 if there is none
record ReadExchange(String namespace, BlockChain chain, int part, long deadlineMs)
    implements Exchange<Fetched> {
  ReadExchange {
    if (chain.isEmpty() || chain.length() > Limits.READ_BLOCKS_MAX) {
      throw new IllegalArgumentException(
          "chain: %d blocks (expected: 1 to %d)".formatted(chain.length(), Limits.READ_BLOCKS_MAX));
    }
  }

  @Override
  public String name() {
    return "Read";
  }

  @Override
  public void encode(RespBuffer out) {
    encode(Command.READ, out);
  }

  /// Appends a command that is about the same blocks.
  void encode(Command command, RespBuffer out) {
    out.array(5).bulk(command.wireName()).bulk(Long.toString(deadlineMs)).bulk(namespace);
    out.bulk(Integer.toString(part)).bulk(chain.toBytes());
  }

  /// As much as an array may have: the caller asked for these values.
  @Override
  public int replyBytesMax() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Fetched decode(RespValue reply) throws MalformedException {
    return FetchedReply.decode(reply, chain.length());
  }
}
