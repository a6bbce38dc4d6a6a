// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.protocol.Limits;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.RespBuffer;
import io.incipit.protocol.RespValue;

/// What is sent, and how the reply to it is read.
interface Exchange<R> {
  /// Bytes of a reply that has no reason to be large.
  int REPLY_BYTES_MAX = 32 << 20;

  /// What it is called in messages.
  String name();

  /// Appends the request.
  void encode(RespBuffer out);

  /// Reads the reply.
  ///
  /// @throws MalformedException if it is none to this request
  /// @throws ClientException.Refused if the request was refused, and that is no answer
  R decode(RespValue reply) throws MalformedException;

  /// Reads the reply, where it matters whether the server is on this machine.
  ///
  /// @throws MalformedException as [#decode(RespValue)]
  /// @throws ClientException.Refused as [#decode(RespValue)]
  default R decode(RespValue reply, boolean local) throws MalformedException {
    return decode(reply);
  }

  /// Most bytes of the request.
  default int requestBytesMax() {
    return Limits.FRAME_BYTES_MAX;
  }

  /// Most bytes of the reply.
  default int replyBytesMax() {
    return REPLY_BYTES_MAX;
  }
}
