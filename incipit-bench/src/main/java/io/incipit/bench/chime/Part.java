// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import org.jspecify.annotations.Nullable;

/// Consecutive keys that are looked for in one leaf. For one thread.
final class Part {
  final LeafImage image;

  /// The leaf, what stands right of it as its parent says, and that parent.
  long leaf;

  long next;
  @Nullable Inner parent;

  /// Whether the parent is a kept copy, which may be old.
  boolean cached;

  /// Keys `[from, from + count)`, and where their values go.
  long from;

  int count;
  int at;

  /// Whether the leaf's metadata and bitmaps decide; else, as ranges are published, they do not.
  boolean exact;

  /// Whether it is one key, by a search of its own.
  boolean single;

  /// Whether all keys of the leaf are wanted.
  boolean whole;

  /// Whether places may be guessed.
  boolean guess;

  /// Whether any place was.
  boolean guessed;

  Part(LeafImage image) {
    this.image = image;
  }
}
