// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.secure;

import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority of one server: keys on P-256, signatures of ECDSA with SHA-256, serial
/// numbers of 128 random bits. Immutable.
final class Authority {
  /// Clocks of clients may be behind by as much.
  private static final Duration SKEW = Duration.ofHours(1);

  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
  private static final Duration LEAF_LIFE = Duration.ofDays(397);
  private static final String CURVE = "secp256r1";
  private static final String SIGNATURE = "SHA256withECDSA";

  private final RandomSource random;
  private final Instant from;
  private final Issued own;

  /// A certificate and its key. No record: nobody is to print the key by mistake.
  static final class Issued {
    private final X509Certificate certificate;
    private final KeyPair keys;

    private Issued(X509Certificate certificate, KeyPair keys) {
      this.certificate = certificate;
      this.keys = keys;
    }

    X509Certificate certificate() {
      return certificate;
    }

    /// In PEM.
    String certificateText() throws IOException {
      return pem(certificate);
    }

    /// In PEM, PKCS#8 without a password.
    String keyText() throws IOException {
      return pem(new JcaPKCS8Generator(keys.getPrivate(), null));
    }

    private static String pem(Object object) throws IOException {
      var text = new StringWriter();
      try (var out = new JcaPEMWriter(text)) {
        out.writeObject(object);
      }
      return text.toString();
    }
  }

  /// A builder of a certificate that adds extensions.
  @FunctionalInterface
  private interface Extending {
    void extend(JcaX509v3CertificateBuilder builder) throws IOException;
  }

  private Authority(RandomSource random, Instant from, Issued own) {
    this.random = random;
    this.from = from;
    this.own = own;
  }

  /// A fresh one; no two have one name.
  static Authority create(RandomSource random, Clock clock) {
    var from = Instant.ofEpochMilli(clock.wallMillis()).minus(SKEW);
    var keys = newKeys();
    var name =
        new X500Principal("CN=Incipit CA " + HexFormat.of().toHexDigits((int) random.fresh()));
    var certificate =
        signed(
            keys,
            name,
            builder(random, from, AUTHORITY_LIFE, name, name, keys.getPublic()),
            keys.getPublic(),
            builder -> {
              builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
              builder.addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            });
    return new Authority(random, from, new Issued(certificate, keys));
  }

  /// Its own certificate and key.
  Issued own() {
    return own;
  }

  /// A certificate for a server that is called by some names.
  Issued server(HostNames names) {
    var all = new ArrayList<GeneralName>();
    names.names().forEach(name -> all.add(new GeneralName(GeneralName.dNSName, name)));
    names
        .addresses()
        .forEach(
            address ->
                all.add(new GeneralName(GeneralName.iPAddress, new DEROctetString(address))));
    return issue(
        "CN=incipit server",
        KeyPurposeId.id_kp_serverAuth,
        List.of(new GeneralNames(all.toArray(GeneralName[]::new))));
  }

  /// A certificate for a client.
  Issued client(String name) {
    return issue("CN=" + name, KeyPurposeId.id_kp_clientAuth, List.of());
  }

  private Issued issue(String subject, KeyPurposeId purpose, List<GeneralNames> names) {
    var keys = newKeys();
    var issuer = own.certificate.getSubjectX500Principal();
    var begun =
        builder(random, from, LEAF_LIFE, issuer, new X500Principal(subject), keys.getPublic());
    var certificate =
        signed(
            own.keys,
            issuer,
            begun,
            keys.getPublic(),
            builder -> {
              builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
              builder.addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
              builder.addExtension(
                  Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
              for (var one : names) {
                builder.addExtension(Extension.subjectAlternativeName, false, one);
              }
            });
    return new Issued(certificate, keys);
  }

  private static JcaX509v3CertificateBuilder builder(
      RandomSource random,
      Instant from,
      Duration life,
      X500Principal issuer,
      X500Principal subject,
      PublicKey key) {
    var bits = ByteBuffer.allocate(16).putLong(random.fresh()).putLong(random.fresh());
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(1, bits.array()),
        Date.from(from),
        Date.from(from.plus(life)),
        subject,
        key);
  }

  private static X509Certificate signed(
      KeyPair authority,
      X500Principal issuer,
      JcaX509v3CertificateBuilder builder,
      PublicKey key,
      Extending extending) {
    try {
      var identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(authority.getPublic()));
      extending.extend(builder);
      var signer = new JcaContentSignerBuilder(SIGNATURE).build(authority.getPrivate());
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (GeneralSecurityException | OperatorCreationException | IOException impossible) {
      throw new IllegalStateException("a certificate of " + issuer, impossible);
    }
  }

  private static KeyPair newKeys() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(CURVE));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
