// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

/// Who changes the memory.
public enum Writing {
  /// One thread on the memory node: a client sends it one message and waits for the answer.
  OWNER,
  /// Each client by itself, with CAS.
  CLIENTS
}
