// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.block.BlockChain;
import io.incipit.block.Namespace;
import io.incipit.net.redis.RedisErrors;
import io.incipit.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;

/// The words of requests on blocks: namespaces, hashes and numbers. What is returned owns its
/// bytes.
public final class BlockWords {
  private static final int SHOWN_MAX = 64;
  private static final int DIGITS_MAX = 18;

  private BlockWords() {}

  /// A namespace that exists.
  ///
  /// @param namespaces finds one by its name
  public static Namespace namespace(
      Request request, int word, Function<String, Optional<Namespace>> namespaces) throws Refusal {
    var found = namespaces.apply(request.text(word));
    if (found.isEmpty()) {
      throw new Refusal(
          "NONAMESPACE %s (expected: one that exists)".formatted(shown(request, word)));
    }
    return found.get();
  }

  /// Whether `HEX` follows a word, and nothing else does.
  public static boolean endsInHex(Request request, int word) throws Refusal {
    boolean hex = request.count() == word + 2 && request.is(word + 1, "HEX");
    if (request.count() > word + 1 && !hex) {
      throw new Refusal(
          "SYNTAX %s (expected: HEX, or nothing)".formatted(shown(request, word + 1)));
    }
    return hex;
  }

  /// Some hashes.
  ///
  /// @param width bytes of one
  /// @param most that there may be, which is checked before anything is allocated
  /// @param hex whether they are hex digits
  public static BlockChain hashes(Request request, int word, int width, int most, boolean hex)
      throws Refusal {
    int hashes = request.length(word) / (hex ? 2 * width : width);
    if (hashes > most) {
      throw new Refusal("LIMIT hashes: %d (expected: at most %d)".formatted(hashes, most));
    }
    var bytes = hex ? hex(request, word, "hashes") : request.copy(word);
    if (bytes.length % width != 0) {
      throw new Refusal(
          "WIDTH hashes: %d bytes (expected: a multiple of %d)".formatted(bytes.length, width));
    }
    return BlockChain.wrap(bytes, 0, bytes.length / width, width);
  }

  /// One hash, as bytes or as hex digits: it has as many as the namespace says, so it is plain
  /// which.
  public static BlockChain hash(Request request, int word, String what, int width) throws Refusal {
    int length = request.length(word);
    if (length == width) {
      return BlockChain.wrap(request.copy(word), 0, 1, width);
    }
    if (length == 2 * width) {
      return BlockChain.wrap(hex(request, word, what), 0, 1, width);
    }
    throw new Refusal(
        "WIDTH %s: %d bytes (expected: %d, or twice as many hex digits)"
            .formatted(what, length, width));
  }

  private static byte[] hex(Request request, int word, String what) throws Refusal {
    try {
      return HexFormat.of().parseHex(request.text(word));
    } catch (IllegalArgumentException notHex) {
      throw new Refusal(
          "SYNTAX %s: %s (expected: hex digits)".formatted(what, shown(request, word)));
    }
  }

  /// A whole number, in decimals without zeros before it.
  ///
  /// @param from the least that it may be
  /// @param to the most that it may be
  public static int number(Request request, int word, String what, int from, int to)
      throws Refusal {
    var text = request.length(word) > DIGITS_MAX ? "" : request.text(word);
    if (!text.matches("0|[1-9][0-9]*")) {
      throw new Refusal(
          "SYNTAX %s: %s (expected: %d to %d)".formatted(what, shown(request, word), from, to));
    }
    long number = Long.parseLong(text);
    if (number < from || number > to) {
      throw new Refusal("LIMIT %s: %d (expected: %d to %d)".formatted(what, number, from, to));
    }
    return (int) number;
  }

  /// A word that is UTF-8: others would be one in text.
  public static String text(Request request, int word, String what) throws Refusal {
    var text = request.text(word);
    if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), request.copy(word))) {
      throw new Refusal("SYNTAX %s: no UTF-8 (expected: text)".formatted(what));
    }
    return text;
  }

  /// A word as it stands in a refusal.
  public static String shown(Request request, int word) {
    return RedisErrors.shown(request, word, SHOWN_MAX);
  }
}
