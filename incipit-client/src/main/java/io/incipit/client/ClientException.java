// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.block.ErrorCode;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// Why a request has no answer. Futures of the client fail with one of the cases, and nothing else.
public abstract sealed class ClientException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private ClientException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// The server understood the request, refused it and changed nothing.
  public static final class Refused extends ClientException {
    @Serial private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final String detail;

    Refused(ErrorCode code, String detail) {
      super(code + " " + detail, null);
      this.code = code;
      this.detail = detail;
    }

    /// Why.
    public ErrorCode code() {
      return code;
    }

    /// What was given, and what was expected.
    public String detail() {
      return detail;
    }
  }

  /// There was no reply in time. The server may still have done what it was asked.
  public static final class DeadlineExceeded extends ClientException {
    @Serial private static final long serialVersionUID = 1;

    DeadlineExceeded(String message) {
      super(message, null);
    }
  }

  /// The connection could not be made, or ended before the reply came. The server may still have
  /// done what it was asked.
  public static final class ConnectionLost extends ClientException {
    @Serial private static final long serialVersionUID = 1;

    ConnectionLost(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /// The client was closed before the reply came.
  public static final class Closed extends ClientException {
    @Serial private static final long serialVersionUID = 1;

    Closed(String message) {
      super(message, null);
    }
  }
}
