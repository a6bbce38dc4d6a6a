// SPDX-License-Identifier: Apache-2.0
package io.incipit.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;

/// A certificate authority for tests: makes keys and X.509 certificates that are good, expired or
/// for other names, and writes them as PEM. Nothing of it is kept.
public final class TestAuthority {
  private static final Duration DAY = Duration.ofDays(1);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");
  private static final AtomicLong SERIAL = new AtomicLong(1);

  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;

  private final String name;
  private final KeyPair keys;
  private final byte[] certificate;

  /// A certificate and its key.
  ///
  /// @param certificate in DER
  public record Issued(Der certificate, KeyPair keys) {
    /// Writes two files, the key for its owner only.
    public Issued write(Path certificateFile, Path keyFile) throws IOException {
      Files.writeString(certificateFile, pem("CERTIFICATE", certificate.bytes()));
      writeSecret(keyFile, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
      return this;
    }
  }

  /// Bytes of ASN.1.
  public static final class Der {
    private final byte[] bytes;

    private Der(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes.clone();
    }
  }

  /// An authority of a name; two of one name are still strangers.
  public TestAuthority(String name) {
    this.name = name;
    this.keys = newKeys();
    var now = Instant.now();
    this.certificate =
        certificate(name, keys.getPublic(), now.minus(DAY), now.plus(DAY), extensions(true));
  }

  /// A certificate for names and addresses, from yesterday to tomorrow.
  public Issued issue(String subject, String... names) {
    var now = Instant.now();
    return issue(subject, now.minus(DAY), now.plus(DAY), names);
  }

  /// A certificate for names and addresses, for a while.
  public Issued issue(String subject, Instant from, Instant to, String... names) {
    var fresh = newKeys();
    var der = certificate(subject, fresh.getPublic(), from, to, extensions(false, names));
    return new Issued(new Der(der), fresh);
  }

  /// Writes the certificate of the authority itself.
  public Path write(Path file) throws IOException {
    return Files.writeString(file, pem("CERTIFICATE", certificate));
  }

  /// Writes what only its owner may read.
  public static void writeSecret(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  /// Bytes as PEM.
  public static String pem(String label, byte[] bytes) {
    var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(label, base64, label);
  }

  /// Fresh keys, P-256.
  public static KeyPair newKeys() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private byte[] certificate(
      String subject, PublicKey key, Instant from, Instant to, byte[] extensions) {
    var algorithm = node(SEQUENCE, oid("1.2.840.10045.4.3.2"));
    var signed =
        node(
            SEQUENCE,
            node(0xa0, node(INTEGER, new byte[] {2})),
            node(INTEGER, BigInteger.valueOf(SERIAL.getAndIncrement()).toByteArray()),
            algorithm,
            principal(name),
            node(SEQUENCE, time(from), time(to)),
            principal(subject),
            key.getEncoded(),
            node(0xa3, extensions));
    try {
      var signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(signed);
      var bits = concat(new byte[1], signature.sign());
      return node(SEQUENCE, signed, algorithm, node(0x03, bits));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static byte[] principal(String name) {
    return new X500Principal("CN=" + name).getEncoded();
  }

  private static byte[] time(Instant at) {
    var text = TIME.format(at.atOffset(ZoneOffset.UTC));
    return node(0x18, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] extensions(boolean authority, String... names) {
    if (authority) {
      var constraint = node(SEQUENCE, node(0x01, new byte[] {-1}));
      return node(
          SEQUENCE,
          node(SEQUENCE, oid("2.5.29.19"), node(0x01, new byte[] {-1}), node(0x04, constraint)));
    }
    var encoded = new byte[names.length][];
    for (int i = 0; i < names.length; i++) {
      encoded[i] = name(names[i]);
    }
    return node(SEQUENCE, node(SEQUENCE, oid("2.5.29.17"), node(0x04, node(SEQUENCE, encoded))));
  }

  private static byte[] name(String name) {
    if (name.contains("://")) {
      return node(0x86, name.getBytes(StandardCharsets.US_ASCII));
    }
    if (!name.matches("[0-9.]+")) {
      return node(0x82, name.getBytes(StandardCharsets.US_ASCII));
    }
    try {
      return node(0x87, InetAddress.getByName(name).getAddress());
    } catch (IOException noAddress) {
      throw new IllegalArgumentException(noAddress);
    }
  }

  private static byte[] oid(String dotted) {
    var numbers = List.of(dotted.split("\\.")).stream().mapToInt(Integer::parseInt).toArray();
    var out = new ByteArrayOutputStream();
    out.write(40 * numbers[0] + numbers[1]);
    for (int i = 2; i < numbers.length; i++) {
      for (int shift = 28; shift > 0; shift -= 7) {
        if (numbers[i] >> shift != 0) {
          out.write(0x80 | (numbers[i] >> shift & 0x7f));
        }
      }
      out.write(numbers[i] & 0x7f);
    }
    return node(0x06, out.toByteArray());
  }

  private static byte[] node(int tag, byte[]... parts) {
    var content = concat(parts);
    var out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      var length = BigInteger.valueOf(content.length).toByteArray();
      int from = length[0] == 0 ? 1 : 0;
      out.write(0x80 | (length.length - from));
      out.write(length, from, length.length - from);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] concat(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (var part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
