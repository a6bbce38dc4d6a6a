// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

/// Who changes the memory.
public enum Writing {
  /// One thread on the memory node: a client sends it one message and waits for the answer.
  OWNER,
  /// Each client by itself, with CAS: three round trips a put, four where a run is split. The table
  /// of anchors does not grow, runs that nobody holds are not freed, and nobody takes over the lock
  /// of a client that ends while it holds it: whoever comes to its run fails then.
  CLIENTS
}
