// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

/// What came of a part that was put.
public enum PutOutcome {
  /// It waits for its put to be committed.
  OK,
  /// The block is there already, and stays as it is; its other parts need not be sent.
  HAVE,
  /// The store would give the block up at once. It will not be made, and that is no error.
  DECLINED
}
