// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.secure;

/// Texts as they stand in lines that people paste.
public final class Quoting {
  private Quoting() {}

  /// One word of a shell.
  public static String shell(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /// A literal of Java or Python, of a text without control characters.
  static String literal(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
