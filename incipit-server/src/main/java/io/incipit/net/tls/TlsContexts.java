// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.tls.Identity;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;

/// What the files of TLS say, as connections need it. Immutable.
///
/// @param expiresMillis when the server's certificate does, in milliseconds since 1970-01-01 UTC
record TlsContexts(SslContext resp, SslContext http, long expiresMillis) {
  /// Reads the files.
  ///
  /// @throws IOException if something is wrong with one; the message says what, in one line
  static TlsContexts load(TlsConfig config, Disk disk, Clock clock) throws IOException {
    var identity = Identity.load(config.certificate(), config.key(), disk, clock);
    var authorities =
        config.clientCa().isPresent()
            ? config.clientCa().get().certificates(disk)
            : List.<X509Certificate>of();
    var resp = builder(config, identity, authorities, config.resp());
    var http = builder(config, identity, authorities, config.http());
    http.applicationProtocolConfig(
        new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_1_1));
    return new TlsContexts(resp.build(), http.build(), identity.expiresMillis());
  }

  private static SslContextBuilder builder(
      TlsConfig config,
      Identity identity,
      List<X509Certificate> authorities,
      ClientCertificates demand) {
    var builder =
        SslContextBuilder.forServer(identity.key(), identity.chain())
            .sslProvider(SslProvider.JDK)
            .protocols(config.versions().protocols())
            .ciphers(config.versions().suites(), SupportedCipherSuiteFilter.INSTANCE)
            .clientAuth(demand.demand());
    return demand == ClientCertificates.NONE ? builder : builder.trustManager(authorities);
  }
}
