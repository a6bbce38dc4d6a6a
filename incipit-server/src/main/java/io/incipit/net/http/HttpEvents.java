// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.incipit.net.audit.Audit;
import io.netty.channel.Channel;

/// Who is told what happens on the HTTP port. Thread-safe.
public interface HttpEvents {
  /// The server ended a connection for a reason that somebody may want to know.
  void cut(String reason, Channel channel);

  /// The server ended a connection that was idle.
  void closed(String reason);

  /// Bytes of a body went out.
  void sent(int bytes);

  /// Who is told what was done and denied.
  Audit audit();

  /// A failure that nobody foresaw.
  void failed(String what, Throwable failure);
}
