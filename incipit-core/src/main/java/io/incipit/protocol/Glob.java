// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import java.nio.charset.StandardCharsets;

/// A pattern over bytes in the manner of Redis: `*`, `?`, `[abc]`, `[^a-z]`, and a backslash before
/// what stands for itself.
///
/// A mismatch goes back to the last star only, so it costs at most the product of both lengths.
/// Immutable.
public final class Glob {
  /// Instead of a place: the element does not fit.
  private static final int NO = -1;

  private final byte[] pattern;

  /// @param pattern not changed by anybody from here on
  public Glob(byte[] pattern) {
    this.pattern = pattern;
  }

  /// A pattern in which only `*` and `?` stand for others.
  public static Glob ofStars(String pattern) {
    return quoting("[\\[\\\\]", pattern);
  }

  /// A pattern in which only `*` stands for others.
  public static Glob ofStarsAlone(String pattern) {
    return quoting("[?\\[\\\\]", pattern);
  }

  private static Glob quoting(String letters, String pattern) {
    var quoted = pattern.replaceAll(letters, "\\\\$0");
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
        continue;
      }
      int next = p < pattern.length ? after(p, name[n]) : NO;
      if (next != NO) {
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

  /// The element behind that at `p`, no star, if that fits a byte; else [#NO].
  private int after(int p, byte letter) {
    return switch (pattern[p]) {
      case '?' -> p + 1;
      case '[' -> afterOneOf(p + 1, letter);
      case '\\' -> {
        int literal = Math.min(p + 1, pattern.length - 1);
        yield pattern[literal] == letter ? literal + 1 : NO;
      }
      default -> pattern[p] == letter ? p + 1 : NO;
    };
  }

  private int afterOneOf(int from, byte letter) {
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
    return found != negated ? Math.min(p + 1, pattern.length) : NO;
  }
}
