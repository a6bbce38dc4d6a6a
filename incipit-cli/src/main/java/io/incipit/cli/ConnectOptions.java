// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.client.ClientConfig;
import io.incipit.client.ClientTls;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a command that connects to a server encrypts that, if it does. A mixin.
final class TlsOptions {
  @Option(
      names = "--tls",
      description = "Connects to --target by TLS; trusts the CAs of the JDK, or those of --tls-ca.")
  private boolean tls;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "PEM file of the CAs to trust instead; implies --tls.")
  private @Nullable Path ca;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "PEM file of this client's certificate, for servers that want one (--tls-key).")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "PEM file of the key that fits it, in PKCS#8, which nobody else may read.")
  private @Nullable Path key;

  /// Whether any of them was said.
  boolean areSaid() {
    return tls || ca != null || certificate != null || key != null;
  }

  /// A way to a server, encrypted if that was asked for.
  ///
  /// @throws IllegalArgumentException if one of two options is missing
  /// @throws IOException if something is wrong with a file
  ClientConfig apply(ClientConfig config) throws IOException {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          "%s: alone (expected: --tls-cert and --tls-key)"
              .formatted(key == null ? "--tls-cert" : "--tls-key"));
    }
    if (!areSaid()) {
      return config;
    }
    var trusting = ca == null ? ClientTls.ofSystem() : ClientTls.ofCa(ca);
    return config.withTls(
        certificate == null || key == null ? trusting : trusting.withCertificate(certificate, key));
  }
}
