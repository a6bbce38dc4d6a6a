// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.protocol.RespBuffer;
import io.incipit.store.memory.Pin;

/// What a reply says around its values, and how many of them it has. For one event loop.
interface Series {
  /// All values, or that they are missing, and nothing else.
  Series PLAIN = new Series() {};

  /// Whether the values that are not begun are left out from now on.
  default boolean isOver() {
    return false;
  }

  /// Whether a value of so many bytes is begun now; else it is left out.
  default boolean admits(int bytes) {
    return true;
  }

  /// Whether a value whose last check is too old is checked to its end before any of it is sent.
  default boolean provesFirst() {
    return false;
  }

  /// Whether the bytes of a value follow what [#begin] writes; else that is all, and does not need
  /// them to be checked.
  default boolean hasBytes() {
    return true;
  }

  /// Writes what comes before the bytes of a value.
  default void begin(Pin pin, RespBuffer out) {
    // Nothing does.
  }

  /// Writes what stands for a value that is left out.
  default void missing(Stop cause, RespBuffer out) {
    out.nothing();
  }

  /// The next value is waited for; `wake` is to be called if [#isOver] comes before it.
  default void awaits(Runnable wake) {
    // It never does.
  }

  /// Writes what comes behind the last value. Nothing follows.
  default void end(RespBuffer out) {
    // Nothing does.
  }

  /// Nothing follows.
  default void close() {
    // There is nothing to let go of.
  }
}
