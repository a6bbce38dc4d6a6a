// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

/// What becomes of the partial block at the end of a prompt.
public enum Tails {
  /// It is asked for and published like any other.
  ALL,
  /// It is left out: a store admits full blocks only. It still counts as a block of its request.
  FULL
}
