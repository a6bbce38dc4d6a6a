// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

/// What a value has outlived when its put is acknowledged.
public enum Durability {
  /// Nothing: it is in memory, and comes to disk when memory is short, or at a clean stop.
  MEMORY("memory"),
  /// The end of the process and a loss of power.
  DISK("disk");

  private final String text;

  Durability(String text) {
    this.text = text;
  }

  /// As people write it.
  @Override
  public String toString() {
    return text;
  }
}
