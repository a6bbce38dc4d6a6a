// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// By what a user is known: what a users file has of his token, its SHA-256, or the name in his
/// certificate.
///
/// One round of a fast hash is enough for a token of 256 random bits, since nobody can try them
/// all; it would not be for a password, which people choose.
///
/// @param digest hex digits of the hash, in small letters; empty if he has no token
/// @param subject the [Subject] of his certificates; empty if he has none
record Secret(String digest, String subject) {
  /// What begins the name in a certificate.
  static final String CERTIFICATE = "cert:";

  private static final String TOKEN = "token:";
  private static final HexFormat HEX = HexFormat.of();
  private static final int DIGITS = 64;

  /// Reads `token:<hex>` or `cert:<name>`; none if it is neither.
  static Optional<Secret> parse(String text) {
    if (text.startsWith(CERTIFICATE)) {
      return Subject.parse(text.substring(CERTIFICATE.length()))
          .map(subject -> new Secret("", subject));
    }
    if (!text.startsWith(TOKEN) || text.length() != TOKEN.length() + DIGITS) {
      return Optional.empty();
    }
    var digits = text.substring(TOKEN.length());
    boolean hex = digits.chars().allMatch(HexFormat::isHexDigit);
    return hex
        ? Optional.of(new Secret(HEX.formatHex(HEX.parseHex(digits)), ""))
        : Optional.empty();
  }

  /// What a users file would have of a token.
  static Secret of(byte[] token) {
    try {
      return new Secret(HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(token)), "");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// As a users file has it.
  String word() {
    return subject.isEmpty() ? TOKEN + digest : CERTIFICATE + subject;
  }

  /// Whether it is that of a token.
  boolean isToken() {
    return subject.isEmpty();
  }

  /// Whether both are of the same token, in a time that does not tell how much of them is equal.
  boolean matches(Secret other) {
    return MessageDigest.isEqual(
        digest.getBytes(StandardCharsets.US_ASCII),
        other.digest.getBytes(StandardCharsets.US_ASCII));
  }

  /// Nothing of it.
  @Override
  public String toString() {
    return isToken() ? "token" : "certificate";
  }
}
