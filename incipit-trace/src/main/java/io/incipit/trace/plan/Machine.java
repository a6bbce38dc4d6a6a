// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import io.incipit.trace.simulate.Capacity;

/// What serves the requests: one instance of a model, on one accelerator or on several.
///
/// @param flops that its prefill reaches, in FLOP/s
/// @param memory that it has for cached KV
/// @param memoryBandwidth from that memory to the accelerators, in B/s
/// @param networkBandwidth from another machine's memory, in B/s
public record Machine(
    double flops, Capacity memory, double memoryBandwidth, double networkBandwidth) {
  public Machine {
    require(flops, "flops");
    require(memoryBandwidth, "memoryBandwidth");
    require(networkBandwidth, "networkBandwidth");
  }

  private static void require(double value, String name) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException("%s: %s (expected: above 0)".formatted(name, value));
    }
  }

  /// How fast KV comes from another machine: over the network and through its own memory.
  double remoteBandwidth() {
    return Math.min(networkBandwidth, memoryBandwidth);
  }
}
