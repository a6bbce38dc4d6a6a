// SPDX-License-Identifier: Apache-2.0
package io.incipit.tls;

import io.incipit.env.Clock;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

/// Decides as the JDK does whether a server's certificate is trusted, and says in one sentence why
/// it is not. Thread-safe.
public final class ServerTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager judge;
  private final Clock clock;

  /// @param judge who decides
  /// @param clock by which certificates expire
  public ServerTrust(X509ExtendedTrustManager judge, Clock clock) {
    this.judge = judge;
    this.clock = clock;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    try {
      judge.checkServerTrusted(chain, authType, socket);
    } catch (CertificateException refused) {
      var session = socket instanceof SSLSocket tls ? tls.getHandshakeSession() : null;
      throw new CertificateException(
          reason(chain, refused, session == null ? "it" : session.getPeerHost()), refused);
    }
  }

  /// @param called the name by which the server was called
  private String reason(X509Certificate[] chain, CertificateException refused, String called) {
    var now = Instant.ofEpochMilli(clock.wallMillis());
    for (var one : chain) {
      var untimely = Identity.untimely(one, now);
      if (untimely.isPresent()) {
        return "the server's certificate " + untimely.get();
      }
    }
    if (refused.getCause() != null) {
      return "the server's certificate comes from %s, which no CA that is trusted vouches for"
          .formatted(chain[chain.length - 1].getIssuerX500Principal().getName());
    }
    return "the server's certificate is for %s (expected: %s)".formatted(names(chain[0]), called);
  }

  private static String names(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      if (names != null) {
        return names.stream()
            .map(name -> String.valueOf(name.get(1)))
            .collect(Collectors.joining(", "));
      }
    } catch (CertificateException _) {
      // As good as none.
    }
    return "no name";
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge.checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge.checkServerTrusted(chain, authType, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType, engine);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return judge.getAcceptedIssuers();
  }
}
