// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import io.incipit.tls.PemFile;
import java.util.Optional;
import java.util.stream.Stream;

/// What both ports need for TLS.
///
/// @param certificate that of the server, then those that vouch for it
/// @param key that fits the first of them
/// @param clientCa who vouches for clients
/// @param resp whether clients of RESP show certificates
/// @param http whether clients of HTTP do
public record TlsConfig(
    PemFile certificate,
    PemFile key,
    Optional<PemFile> clientCa,
    ClientCertificates resp,
    ClientCertificates http,
    TlsVersions versions) {
  public TlsConfig {
    boolean asked = asks(resp, http);
    if (asked && clientCa.isEmpty()) {
      throw new IllegalArgumentException(
          "tls.client-ca: not given, though clients are asked for certificates (expected: a PEM"
              + " file of the CAs that vouch for them)");
    }
    if (!asked && clientCa.isPresent()) {
      throw new IllegalArgumentException(
          "tls.client-ca: %s, though no client is asked for a certificate (expected: none, or"
                  .formatted(clientCa.get().path())
              + " tls.client-certificates or tls.http-client-certificates: optional or required)");
    }
  }

  private static boolean asks(ClientCertificates resp, ClientCertificates http) {
    return resp != ClientCertificates.NONE || http != ClientCertificates.NONE;
  }

  /// Whether clients of a port are asked for certificates.
  public boolean asksForCertificates() {
    return asks(resp, http);
  }

  /// All files that there are.
  Stream<PemFile> files() {
    return Stream.concat(Stream.of(certificate, key), clientCa.stream());
  }
}
