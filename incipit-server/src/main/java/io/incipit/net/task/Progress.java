// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.task;

/// What came of a request, or of a step of it.
public enum Progress {
  /// The reply is written.
  DONE,
  /// The reply comes later; whoever is to be woken will be, then the next step goes on.
  LATER,
  /// There is more to send; the next step goes on when others had their turn, and the client took
  /// some.
  MORE,
  /// Half a reply is sent, and the rest is not to be had: the connection has to end.
  BROKEN
}
