// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import java.nio.charset.StandardCharsets;

/// A pattern over bytes in the manner of Redis: `*`, `?`, `[abc]`, `[^a-z]`, and a backslash before
/// what stands for itself.
///
/// A mismatch goes back to the last star only, so it costs at most the product of both lengths.
public final class Glob {
  private final byte[] pattern;

  /// Where the matching of the element at some place went on; set by [#fits].
  private int next;

  public Glob(byte[] pattern) {
    this.pattern = pattern;
  }

  /// A pattern in which only `*` and `?` stand for others.
  static Glob ofStars(String pattern) {
    var quoted = pattern.replaceAll("[\\[\\\\]", "\\\\$0");
    return new Glob(quoted.getBytes(StandardCharsets.UTF_8));
  }

  /// Whether a name fits, all of it.
  public boolean matches(byte[] name) {
    int p = 0;
    int star = -1;
    int resumed = 0;
    for (int n = 0; n < name.length; ) {
      if (p < pattern.length && pattern[p] == '*') {
        star = p++;
        resumed = n;
      } else if (p < pattern.length && fits(p, name[n])) {
        p = next;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resumed;
      } else {
        return false;
      }
    }
    while (p < pattern.length && pattern[p] == '*') {
      p++;
    }
    return p == pattern.length;
  }

  /// Whether the element at `p`, no star, fits a byte.
  private boolean fits(int p, byte letter) {
    next = p + 1;
    return switch (pattern[p]) {
      case '?' -> true;
      case '[' -> fitsOneOf(p + 1, letter);
      case '\\' -> {
        int literal = Math.min(p + 1, pattern.length - 1);
        next = literal + 1;
        yield pattern[literal] == letter;
      }
      default -> pattern[p] == letter;
    };
  }

  private boolean fitsOneOf(int from, byte letter) {
    boolean negated = from < pattern.length && pattern[from] == '^';
    int p = negated ? from + 1 : from;
    boolean found = false;
    while (p < pattern.length && pattern[p] != ']') {
      int low = Byte.toUnsignedInt(pattern[p]);
      if (low == '\\' && p + 1 < pattern.length) {
        p++;
        found |= pattern[p] == letter;
      } else if (p + 2 < pattern.length && pattern[p + 1] == '-') {
        int high = Byte.toUnsignedInt(pattern[p + 2]);
        int value = Byte.toUnsignedInt(letter);
        found |= Math.min(low, high) <= value && value <= Math.max(low, high);
        p += 2;
      } else {
        found |= pattern[p] == letter;
      }
      p++;
    }
    next = Math.min(p + 1, pattern.length);
    return found != negated;
  }
}
