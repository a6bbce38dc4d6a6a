// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/// Why a handshake came to nothing.
enum HandshakeFailure {
  /// What came is no TLS.
  PLAINTEXT,
  /// It was not over in time.
  TIMEOUT,
  /// The client showed no certificate where one is required.
  NO_CERTIFICATE,
  /// The client showed a certificate that is not trusted.
  BAD_CERTIFICATE,
  /// The client does not take the server's certificate, or wants something else.
  REFUSED_BY_CLIENT,
  /// No version or no suite that both speak.
  NO_COMMON_VERSION,
  /// The client ended the connection, or lost it.
  GONE,
  /// Anything else.
  OTHER;

  /// What it was, by what was thrown.
  static HandshakeFailure of(Throwable failure) {
    if (failure instanceof NotSslRecordException) {
      return PLAINTEXT;
    }
    if (failure instanceof SslHandshakeTimeoutException) {
      return TIMEOUT;
    }
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return BAD_CERTIFICATE;
      }
    }
    if (!(failure instanceof SSLException)) {
      return failure instanceof IOException ? GONE : OTHER;
    }
    return ofMessage(String.valueOf(failure.getMessage()));
  }

  /// The JDK tells these apart by its words only.
  private static HandshakeFailure ofMessage(String message) {
    if (message.contains("Empty client certificate chain")) {
      return NO_CERTIFICATE;
    }
    if (message.contains("Received fatal alert") || message.contains("Received close_notify")) {
      return REFUSED_BY_CLIENT;
    }
    if (message.contains("no cipher suites in common")
        || message.contains("protocol version")
        || message.contains("requested protocol")) {
      return NO_COMMON_VERSION;
    }
    return message.contains("Connection closed") ? GONE : OTHER;
  }

  /// Its name in metrics and in the log.
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
