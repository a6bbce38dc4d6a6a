// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// The places inside a change that can fail, for tests to make it fail there.
@FunctionalInterface
interface FaultPoints {
  /// Nothing fails.
  FaultPoints NONE = () -> {};

  /// A change is about to do what can fail. May throw.
  void reach();
}
