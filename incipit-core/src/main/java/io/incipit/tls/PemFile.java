// SPDX-License-Identifier: Apache-2.0
package io.incipit.tls;

import io.incipit.env.Disk;
import io.incipit.env.SecretFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// A file of certificates or of a private key in PEM. What is wrong with it is said in one line:
/// `name: path: what is wrong (expected: ...)`.
///
/// @param name of the setting or the option that it is the value of
public record PemFile(String name, Path path) {
  private static final long BYTES_MAX = 1 << 20;

  private static final Pattern SECTION =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String KEY = "PRIVATE KEY";
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

  /// What is between two lines of a PEM file.
  private record Section(String label, String base64) {
    byte[] bytes() {
      return Base64.getMimeDecoder().decode(base64);
    }
  }

  /// The certificates in the file, in their order; at least one.
  ///
  /// @throws IOException if there is no such file, or no certificate in it
  public List<X509Certificate> certificates(Disk disk) throws IOException {
    var certificates = new ArrayList<X509Certificate>();
    for (var section : sections(disk)) {
      if (section.label.equals(CERTIFICATE)) {
        certificates.add(certificate(section, certificates.size() + 1));
      }
    }
    if (certificates.isEmpty()) {
      throw wrong("has no certificate", "a PEM file with -----BEGIN CERTIFICATE-----");
    }
    return List.copyOf(certificates);
  }

  private X509Certificate certificate(Section section, int number) throws IOException {
    try (var bytes = new ByteArrayInputStream(section.bytes())) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(bytes);
    } catch (CertificateException | IllegalArgumentException _) {
      throw wrong("certificate %d is damaged".formatted(number), "X.509 in base64");
    }
  }

  /// The private key in the file.
  ///
  /// @throws IOException if there is no such file, no private key in it, or others may read it
  public PrivateKey privateKey(Disk disk) throws IOException {
    var key = sections(disk).stream().filter(section -> section.label.endsWith(KEY)).findFirst();
    if (key.isEmpty()) {
      throw wrong("has no private key", "a PEM file with -----BEGIN PRIVATE KEY-----");
    }
    requireSecret(disk);
    var label = key.get().label;
    if (!label.equals(KEY)) {
      throw wrong(
          label.startsWith("ENCRYPTED") ? "has an encrypted key" : "has an " + label,
          "PKCS#8 without a password, as of: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
    }
    return privateKey(key.get());
  }

  private PrivateKey privateKey(Section section) throws IOException {
    for (var algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm)
            .generatePrivate(new PKCS8EncodedKeySpec(section.bytes()));
      } catch (InvalidKeySpecException | IllegalArgumentException _) {
        // A key of another kind, or none.
      } catch (NoSuchAlgorithmException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    throw wrong(
        "its key is damaged or of an unknown kind", String.join(", ", ALGORITHMS) + " in PKCS#8");
  }

  private void requireSecret(Disk disk) throws IOException {
    var rights = disk.facts(path).rights();
    if (rights.isPresent() && !SecretFile.isKept(rights.getAsInt())) {
      throw wrong(
          "others may read or change it, mode %04o".formatted(rights.getAsInt()), "0600 or 0640");
    }
  }

  private List<Section> sections(Disk disk) throws IOException {
    var sections =
        SECTION
            .matcher(text(disk))
            .results()
            .map(found -> new Section(found.group(1), found.group(2)))
            .toList();
    if (sections.isEmpty()) {
      throw wrong("has no PEM", "-----BEGIN ...-----, base64, -----END ...-----");
    }
    return sections;
  }

  private String text(Disk disk) throws IOException {
    if (disk.isDirectory(path)) {
      throw wrong("is a directory", "a PEM file");
    }
    try {
      long bytes = disk.facts(path).bytes();
      if (bytes > BYTES_MAX) {
        throw wrong("has %d bytes".formatted(bytes), "a PEM file of at most " + BYTES_MAX);
      }
      return disk.readText(path);
    } catch (NoSuchFileException _) {
      throw wrong("there is no such file", "a PEM file");
    } catch (AccessDeniedException _) {
      throw wrong("may not be read by this process", "a PEM file of its own");
    }
  }

  /// What to throw when something else is wrong with the file.
  public IOException wrong(String what, String expected) {
    return new IOException("%s: %s: %s (expected: %s)".formatted(name, path, what, expected));
  }
}
