// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.OpEncoder;
import io.incipit.protocol.ReplyDecoder;
import io.incipit.protocol.RespBuffer;
import io.incipit.protocol.RespValue;

/// An operation on the index.
///
/// @param type what the caller takes for an answer
record OpExchange<R extends Reply>(Op op, Class<R> type) implements Exchange<R> {
  @Override
  public String name() {
    return op.getClass().getSimpleName();
  }

  @Override
  public void encode(RespBuffer out) {
    OpEncoder.encode(op, out);
  }

  @Override
  public R decode(RespValue value) throws MalformedException {
    var reply = ReplyDecoder.decode(op, value);
    if (type.isInstance(reply)) {
      return type.cast(reply);
    }
    if (reply instanceof Reply.Refused(var code, var detail)) {
      throw new ClientException.Refused(code, detail);
    }
    throw new MalformedException("%s (expected: another reply)".formatted(reply));
  }
}
