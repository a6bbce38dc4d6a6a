// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import io.incipit.trace.simulate.SimSpec;

/// A disk of a machine, below its memory.
///
/// @param size of it, and whose KV is on it
/// @param bandwidth at which it is read, in B/s
public record PlanDisk(SimSpec.Disk size, double bandwidth) {
  public PlanDisk {
    if (!(bandwidth > 0) || Double.isInfinite(bandwidth)) {
      throw new IllegalArgumentException("bandwidth: %s (expected: above 0)".formatted(bandwidth));
    }
  }
}
