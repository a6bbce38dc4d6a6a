// SPDX-License-Identifier: Apache-2.0

/// The Java client of Incipit.
module io.incipit.client {
  requires static org.jspecify;
  requires transitive io.incipit.core;

  exports io.incipit.client;
}
