// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.RespBuffer;
import io.incipit.protocol.RespValue;
import java.util.List;

/// The values of a prefix.
///
/// @param deadlineMs 0 if there is none
record FetchExchange(List<byte[]> keys, long deadlineMs) implements Exchange<Fetched> {
  private static final int KEYS_MAX = Limits.ARGUMENTS_MAX - 2;

  FetchExchange {
    keys = List.copyOf(keys);
    if (keys.isEmpty() || keys.size() > KEYS_MAX) {
      throw new IllegalArgumentException(
          "keys: %d (expected: 1 to %d)".formatted(keys.size(), KEYS_MAX));
    }
  }

  @Override
  public String name() {
    return "Fetch";
  }

  @Override
  public void encode(RespBuffer out) {
    out.array(2 + keys.size()).bulk(Command.FETCH.wireName()).bulk(Long.toString(deadlineMs));
    keys.forEach(out::bulk);
  }

  /// As much as an array may have: the caller asked for these values.
  @Override
  public int replyBytesMax() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Fetched decode(RespValue reply) throws MalformedException {
    return FetchedReply.decode(reply, keys.size());
  }
}
