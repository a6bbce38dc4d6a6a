// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import io.incipit.block.Hash64;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/// The key under which a part of a block is kept, in memory and on disk. All that is known of a
/// block stands in it, so whoever finds the value after a crash knows where it belongs:
///
/// ```
/// kvc:namespace:fingerprint:hash:parent:part/parts
///
/// fingerprint  of the contract, 16 hex digits: bytes of another contract have other keys
/// hash         identity of the block, 16 or 32 hex digits
/// parent       of the block before it, as many digits; none at the start of a prompt
/// part         in [0, parts), in decimals as is parts
/// ```
///
/// @param space the key up to the fingerprint, colon behind it included
/// @param wide whether identities have 16 bytes; else 8, and the high halves are 0
/// @param root whether there is no block before it
public record BlockKey(
    String space,
    boolean wide,
    long high,
    long low,
    boolean root,
    long parentHigh,
    long parentLow,
    int part,
    int parts) {
  /// The most parts of a block: ranks times layers.
  public static final int PARTS_MAX = 4_096;

  private static final String PREFIX = "kvc:";
  private static final int FINGERPRINT_DIGITS = 16;
  private static final HexFormat HEX = HexFormat.of();

  /// Whether a key is kept for blocks, so that nobody else may write it.
  public static boolean isReserved(byte[] key) {
    return isReserved(key, 0, key.length);
  }

  /// As [#isReserved(byte\[\])], of a key that stands among other bytes.
  public static boolean isReserved(byte[] bytes, int offset, int length) {
    return length >= PREFIX.length()
        && bytes[offset] == 'k'
        && bytes[offset + 1] == 'v'
        && bytes[offset + 2] == 'c'
        && bytes[offset + 3] == ':';
  }

  /// The beginning of the keys of a namespace under a contract.
  public static String space(String namespace, long fingerprint) {
    return PREFIX + namespace + ':' + HEX.toHexDigits(fingerprint) + ':';
  }

  /// The namespace.
  public String namespace() {
    return namespace(space);
  }

  /// The namespace in a [#space()].
  static String namespace(String space) {
    return space.substring(PREFIX.length(), space.length() - FINGERPRINT_DIGITS - 2);
  }

  /// Reads a key.
  ///
  /// @return none if it is no block's
  public static Optional<BlockKey> parse(byte[] key) {
    if (!isReserved(key)) {
      return Optional.empty();
    }
    int part = last(key, ':', key.length);
    int parent = last(key, ':', part);
    int hash = last(key, ':', parent);
    int digits = parent - hash - 1;
    int above = part - parent - 1;
    int space = hash - FINGERPRINT_DIGITS - 1;
    if (space <= PREFIX.length() || key[space] != ':' || (digits != 16 && digits != 32)) {
      return Optional.empty();
    }
    int slash = last(key, '/', key.length);
    if ((above != 0 && above != digits) || slash < part || !isHex(key, space + 1, hash)) {
      return Optional.empty();
    }
    int number = number(key, part + 1, slash);
    int parts = number(key, slash + 1, key.length);
    if (!isHex(key, hash + 1, parent) || !isHex(key, parent + 1, part) || number < 0) {
      return Optional.empty();
    }
    if (parts > PARTS_MAX || number >= parts) {
      return Optional.empty();
    }
    boolean wide = digits == 32;
    return Optional.of(
        new BlockKey(
            new String(key, 0, hash + 1, StandardCharsets.UTF_8),
            wide,
            wide ? hex(key, hash + 1) : 0,
            hex(key, parent - 16),
            above == 0,
            above == 32 ? hex(key, parent + 1) : 0,
            above == 0 ? 0 : hex(key, part - 16),
            number,
            parts));
  }

  /// The position of the last such byte before `end`; -1 if there is none.
  private static int last(byte[] key, char wanted, int end) {
    int at = end - 1;
    while (at >= 0 && key[at] != wanted) {
      at--;
    }
    return at;
  }

  private static boolean isHex(byte[] key, int from, int to) {
    for (int i = from; i < to; i++) {
      boolean digit = key[i] >= '0' && key[i] <= '9';
      if (!digit && (key[i] < 'a' || key[i] > 'f')) {
        return false;
      }
    }
    return true;
  }

  private static long hex(byte[] key, int from) {
    long value = 0;
    for (int i = from; i < from + Long.BYTES * 2; i++) {
      value = (value << 4) | Character.digit(key[i], 16);
    }
    return value;
  }

  /// A number as it is written here: without zeros before it, of at most four digits.
  private static int number(byte[] key, int from, int to) {
    int digits = to - from;
    if (digits < 1 || digits > 4 || (digits > 1 && key[from] == '0')) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      if (key[i] < '0' || key[i] > '9') {
        return -1;
      }
      value = 10 * value + key[i] - '0';
    }
    return value;
  }

  /// The key of another part of the same block.
  public byte[] bytes(int which) {
    var text = new StringBuilder(space.length() + 80).append(space);
    append(text, high, low);
    text.append(':');
    if (!root) {
      append(text, parentHigh, parentLow);
    }
    return text.append(':')
        .append(which)
        .append('/')
        .append(parts)
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  /// The key.
  public byte[] bytes() {
    return bytes(part);
  }

  /// The identity of the block in hex.
  public String hash() {
    return (wide ? HEX.toHexDigits(high) : "") + HEX.toHexDigits(low);
  }

  private void append(StringBuilder text, long upper, long lower) {
    if (wide) {
      text.append(HEX.toHexDigits(upper));
    }
    text.append(HEX.toHexDigits(lower));
  }

  /// What is added to the hash of a space to name its blocks.
  ///
  /// @param seed of the store
  static long seed(String space, long seed) {
    var bytes = space.getBytes(StandardCharsets.UTF_8);
    return Hash64.chain(~seed, bytes, 0, bytes.length);
  }

  /// The number of a block in its store: that of the family of its parts. Two blocks have the same
  /// by chance only (64 bits).
  static long id(long spaceSeed, long high, long low) {
    return Hash64.chain(Hash64.chain(spaceSeed, high), low);
  }

  /// The same for any part of the block, and for no other block but by chance.
  ///
  /// @param seed of the store
  public long id(long seed) {
    return id(seed(space, seed), high, low);
  }

  /// The fingerprint of the contract.
  public long fingerprint() {
    int end = space.length() - 1;
    return HexFormat.fromHexDigitsToLong(space, end - FINGERPRINT_DIGITS, end);
  }
}
