// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

/// An index whose changes can be made to fail halfway, for tests of what stands on it.
public final class FailingIndex {
  private RunIndex index = new RunIndex(IndexConfig.DEFAULT);

  /// One that does not fail yet.
  public FailingIndex() {}

  /// A fresh index, which [#failAt] concerns from now on.
  public PrefixIndex fresh() {
    index = new RunIndex(IndexConfig.DEFAULT);
    return index;
  }

  /// Makes the `n`-th point of failure from here on throw.
  public void failAt(long n) {
    index.faults().failAt(n);
  }

  /// Whether that point has not been reached.
  public boolean isPending() {
    return index.faults().isPending();
  }
}
