// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import io.incipit.block.BlockChain;
import io.incipit.block.Cursor;
import io.incipit.block.ErrorCode;
import io.incipit.block.Tier;
import java.util.HexFormat;

/// Reads the values of one request's words, and refuses by name what they must not be: `LIMIT` for
/// what is too large, `WIDTH` for hashes of another width, `SYNTAX` for what means nothing. Chains
/// are views of the request's bytes where those are not hex. For one thread.
final class Arguments {
  private static final String HEX = "HEX";

  private Request request = new Request();
  private boolean hex;
  private int hashBytes;

  /// Goes on with another request, whose hashes are not text until [#takeHex] says so.
  void begin(Request request) {
    this.request = request;
    hex = false;
    hashBytes = 0;
  }

  /// Bytes a hash from here on.
  void hashBytes(int hashBytes) {
    this.hashBytes = hashBytes;
  }

  /// Whether hashes and cursors are hex digits.
  boolean hex() {
    return hex;
  }

  /// Takes the word `HEX` at the end of the request, not before word `first`.
  ///
  /// @return the words before it; all if it is not there
  int takeHex(int first) {
    int last = request.count() - 1;
    hex = last >= first && request.is(last, HEX);
    return hex ? last : last + 1;
  }

  /// A name: 1 to 128 bytes.
  String name(int i, String what) throws RefusedException {
    requireName(i, what);
    return request.text(i);
  }

  void requireName(int i, String what) throws RefusedException {
    int length = request.length(i);
    if (length == 0 || length > Limits.NAME_BYTES_MAX) {
      throw new RefusedException(
          ErrorCode.LIMIT,
          "%s: %d bytes (expected: 1 to %d)".formatted(what, length, Limits.NAME_BYTES_MAX));
    }
  }

  Tier tier(int i) throws RefusedException {
    return Tier.parse(shown(i))
        .orElseThrow(
            () -> syntax("tier: %s (expected: GPU, HOST, DISK or REMOTE)".formatted(shown(i))));
  }

  /// A number in `[min, max]`; none but those in it means anything.
  long number(int i, String what, long min, long max) throws RefusedException {
    try {
      long value = Long.parseLong(shown(i));
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException notANumber) {
      // Refused below, like one that is out of range.
    }
    throw syntax("%s: %s (expected: a number, %d to %d)".formatted(what, shown(i), min, max));
  }

  /// How many of something, in `[min, max]`; more than `max` is a matter of limits.
  int count(int i, String what, int min, int max) throws RefusedException {
    var text = shown(i);
    boolean digits = text.chars().allMatch(letter -> letter >= '0' && letter <= '9');
    if (digits && (text.length() > 18 || Long.parseLong(text) > max)) {
      throw new RefusedException(
          ErrorCode.LIMIT, "%s: %s (expected: at most %d)".formatted(what, text, max));
    }
    return (int) number(i, what, min, max);
  }

  /// A cursor: bytes, or hex digits.
  Cursor cursor(int i) throws RefusedException {
    int length = hex ? request.length(i) / 2 : request.length(i);
    if (length > Cursor.BYTES_MAX) {
      throw new RefusedException(
          ErrorCode.LIMIT,
          "cursor: %d bytes (expected: at most %d)".formatted(length, Cursor.BYTES_MAX));
    }
    return Cursor.of(hex ? unhex(i, "cursor") : request.copy(i));
  }

  /// One hash.
  BlockChain hash(int i, String what) throws RefusedException {
    var chain = chain(i, what);
    if (chain.length() != 1) {
      throw width(i, what, "one hash, %d%s");
    }
    return chain;
  }

  /// One hash, or none where the word is empty.
  BlockChain parent(int i) throws RefusedException {
    return request.length(i) == 0 ? BlockChain.empty(hashBytes) : hash(i, "parent");
  }

  /// Hashes one after the other, at most [Limits#CHAIN_BLOCKS_MAX].
  BlockChain chain(int i, String what) throws RefusedException {
    int width = hex ? 2 * hashBytes : hashBytes;
    if (request.length(i) % width != 0) {
      throw width(i, what, "a multiple of %d%s");
    }
    int blocks = request.length(i) / width;
    if (blocks > Limits.CHAIN_BLOCKS_MAX) {
      throw new RefusedException(
          ErrorCode.LIMIT,
          "%s: %d blocks (expected: at most %d)".formatted(what, blocks, Limits.CHAIN_BLOCKS_MAX));
    }
    return hex
        ? BlockChain.wrap(unhex(i, what), 0, blocks, hashBytes)
        : BlockChain.wrap(request.bytes(), request.offset(i), blocks, hashBytes);
  }

  /// The refusal of a word of another length.
  ///
  /// @param expected with room for a width and its unit
  private RefusedException width(int i, String what, String expected) {
    return new RefusedException(
        ErrorCode.WIDTH,
        "%s: %d %s (expected: %s)"
            .formatted(
                what,
                request.length(i),
                hex ? "hex digits" : "bytes",
                expected.formatted(hex ? 2 * hashBytes : hashBytes, hex ? " hex digits" : "")));
  }

  private byte[] unhex(int i, String what) throws RefusedException {
    try {
      return HexFormat.of().parseHex(request.text(i));
    } catch (IllegalArgumentException notHex) {
      throw syntax("%s: %s (expected: hex digits)".formatted(what, shown(i)));
    }
  }

  /// Word `i` as it may stand in an error: short, and in printable characters.
  String shown(int i) {
    var text = request.length(i) <= Limits.NAME_BYTES_MAX ? request.text(i) : "";
    boolean plain = !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 127);
    return plain ? text : "%d bytes".formatted(request.length(i));
  }

  static RefusedException syntax(String detail) {
    return new RefusedException(ErrorCode.SYNTAX, detail);
  }
}
