// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

/// Why an operation was refused. The name is the first word of the error on the wire.
public enum ErrorCode {
  /// The namespace does not exist.
  NONAMESPACE(404),
  /// Hashes do not have the width of the namespace's contract.
  WIDTH(400),
  /// An input is larger than its limit.
  LIMIT(413),
  /// An owner's sequence number is more than one ahead; the detail begins with the expected one.
  GAP(409),
  /// A repeat of an owner's last publish has other content than the first.
  CONFLICT(409),
  /// An owner's incarnation is over; the detail begins with the current one.
  FENCED(409),
  /// A cursor does not name a place any more; send the whole chain.
  STALECURSOR(410),
  /// A namespace exists with another contract.
  CONTRACT(409),
  /// The server cannot take this now; nothing was changed. The detail of a publish that is refused
  /// so begins with the number expected of its owner, as far as that is known.
  BUSY(503),
  /// The words of a request do not fit its command.
  SYNTAX(400),
  /// Nobody has said who he is.
  NOAUTH(401),
  /// The user may not do this.
  NOPERM(403),
  /// The server failed in a way it did not foresee; its log says more.
  INTERNAL(500);

  private final int httpStatus;

  ErrorCode(int httpStatus) {
    this.httpStatus = httpStatus;
  }

  /// The HTTP status that says the same.
  public int httpStatus() {
    return httpStatus;
  }
}
