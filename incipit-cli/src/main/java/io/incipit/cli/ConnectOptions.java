// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.client.ClientConfig;
import io.incipit.client.ClientTls;
import io.incipit.client.Credentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a command that connects to a server encrypts that, and who it says it is, if it does. A
/// mixin.
final class ConnectOptions {
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

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "who asks a server that has users; whoever has the token, unless given")
  private String user = "";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "a file with the user's token, which others may not read")
  private @Nullable Path tokenFile;

  /// What of them was said, one word for each kind: nothing of it means anything without a server.
  Optional<String> said() {
    if (isEncrypted()) {
      return Optional.of("--tls");
    }
    if (tokenFile != null) {
      return Optional.of("--token-file");
    }
    return user.isEmpty() ? Optional.empty() : Optional.of("--user");
  }

  private boolean isEncrypted() {
    return tls || ca != null || certificate != null || key != null;
  }

  /// A way to a server as it was asked for.
  ///
  /// @throws IllegalArgumentException if one of two options is missing
  /// @throws IOException if something is wrong with a file
  ClientConfig apply(ClientConfig config) throws IOException {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          "%s: alone (expected: --tls-cert and --tls-key)"
              .formatted(key == null ? "--tls-cert" : "--tls-key"));
    }
    if (tokenFile == null && !user.isEmpty()) {
      throw new IllegalArgumentException("--user: alone (expected: --token-file too)");
    }
    var known = tokenFile == null ? config : config.with(Credentials.ofFile(user, tokenFile));
    if (!isEncrypted()) {
      return known;
    }
    var trusting = ca == null ? ClientTls.ofSystem() : ClientTls.ofCa(ca);
    return known.withTls(
        certificate == null || key == null ? trusting : trusting.withCertificate(certificate, key));
  }
}
