// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.trace.TraceRequest;
import java.util.Locale;

/// Which blocks of a prompt may enter a cache at all.
public enum Admission {
  /// Full blocks only: the partial one at the end of a prompt never enters.
  FULL,
  /// Every block.
  ALL;

  /// Leading blocks of a request that may enter.
  int length(TraceRequest request) {
    return this == ALL ? request.ids().length() : request.fullBlocks();
  }

  /// As people write it.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
