// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

/// What a target can be asked about the chain it has taken.
public enum Question {
  /// How many leading blocks somebody holds.
  LENGTH,
  /// The same, and which owner holds which of them, as maximal intervals.
  HOLDERS,
  /// How many leading blocks each owner holds.
  SCORE
}
