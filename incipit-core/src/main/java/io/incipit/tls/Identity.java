// SPDX-License-Identifier: Apache-2.0
package io.incipit.tls;

import io.incipit.env.Clock;
import io.incipit.env.Disk;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A certificate with those that vouch for it, and the private key that fits. Immutable. No record:
/// nobody is to print the key by mistake.
public final class Identity {
  private static final byte[] PROBE = {1, 2, 3, 4};

  private final List<X509Certificate> chain;
  private final PrivateKey key;

  private Identity(List<X509Certificate> chain, PrivateKey key) {
    this.chain = chain;
    this.key = key;
  }

  /// Reads two files, and checks that they belong together and are valid now.
  ///
  /// @throws IOException if not; the message names the file, what is wrong and what was expected
  public static Identity load(PemFile certificate, PemFile key, Disk disk, Clock clock)
      throws IOException {
    var chain = certificate.certificates(disk);
    var now = Instant.ofEpochMilli(clock.wallMillis());
    for (var one : chain) {
      requireValid(certificate, one, now);
    }
    var secret = key.privateKey(disk);
    if (!fit(chain.getFirst(), secret)) {
      throw key.wrong(
          "does not fit the first certificate of " + certificate.path(),
          "the key that this certificate was made for");
    }
    return new Identity(chain, secret);
  }

  private static void requireValid(PemFile file, X509Certificate certificate, Instant now)
      throws IOException {
    var fault = untimely(certificate, now);
    if (fault.isPresent()) {
      throw file.wrong(fault.get(), "a certificate that is valid now, " + now);
    }
  }

  /// Why a certificate is not valid at a time, as far as that is a matter of time.
  static Optional<String> untimely(X509Certificate certificate, Instant now) {
    var name = certificate.getSubjectX500Principal().getName();
    var from = certificate.getNotBefore().toInstant();
    var to = certificate.getNotAfter().toInstant();
    if (now.isAfter(to)) {
      return Optional.of("%s expired on %s".formatted(name, to));
    }
    return now.isBefore(from)
        ? Optional.of("%s is not valid before %s".formatted(name, from))
        : Optional.empty();
  }

  /// Whether what the key signs is what the certificate proves.
  private static boolean fit(X509Certificate certificate, PrivateKey key) {
    try {
      var signature = Signature.getInstance(algorithm(key));
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      // A key of another kind.
      return false;
    }
  }

  private static String algorithm(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key.getAlgorithm();
    };
  }

  /// The certificate, then those that vouch for it, as its file has them.
  public List<X509Certificate> chain() {
    return chain;
  }

  public PrivateKey key() {
    return key;
  }

  /// When the first of the certificates expires, in milliseconds since 1970-01-01 UTC.
  public long expiresMillis() {
    return chain.stream()
        .mapToLong(one -> one.getNotAfter().toInstant().toEpochMilli())
        .min()
        .orElse(0);
  }
}
