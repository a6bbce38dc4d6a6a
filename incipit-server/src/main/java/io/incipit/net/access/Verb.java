// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What one may do in a namespace. Rights are masks of these.
public enum Verb {
  /// Ask what is there, and read it.
  READ(1),
  /// Say what is there, put it, remove it, and say what is to stay.
  PUBLISH(2),
  /// Make and drop namespaces; it includes the others.
  ADMIN(4);

  /// All rights.
  static final int ALL = 7;

  private final int bit;

  Verb(int bit) {
    this.bit = bit;
  }

  /// What somebody who has this right may do.
  int granted() {
    return this == ADMIN ? ALL : bit;
  }

  /// What a request has to have.
  int bit() {
    return bit;
  }

  /// As users files and errors write it.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Verb> find(String word) {
    return Arrays.stream(values()).filter(verb -> verb.word().equals(word)).findFirst();
  }

  /// Some rights, as errors write them; `any` for none.
  static String words(int mask) {
    var words = new StringBuilder();
    for (var verb : values()) {
      if ((mask & verb.bit) != 0) {
        words.append(words.isEmpty() ? "" : ",").append(verb.word());
      }
    }
    return words.isEmpty() ? "any" : words.toString();
  }
}
