// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import io.incipit.trace.simulate.Capacity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Which sizes of cache a plan tries.
final class CacheSizes {
  private static final int DOUBLINGS = 8;
  private static final int MIB = 20;
  private static final String UNITS = "MGT";
  private static final int STEP = 10;

  private CacheSizes() {}

  /// Sizes with different numbers of blocks, ascending; among them the machine's memory.
  static List<Capacity> of(PlanSpec spec, Demand demand) {
    var bySize = new TreeMap<Integer, Capacity>();
    var asked = new ArrayList<>(List.of(spec.machine().memory()));
    asked.addAll(spec.sizes().isEmpty() ? doubling(spec, demand) : spec.sizes());
    asked.forEach(
        size ->
            bySize.putIfAbsent(size.blocks(demand.distinctBlocks(), demand.blockTokens()), size));
    return List.copyOf(bySize.values());
  }

  /// Powers of two in bytes, the last of which holds all blocks, and all of which hold one.
  private static List<Capacity> doubling(PlanSpec spec, Demand demand) {
    double block = (double) spec.model().tokenBytes() * demand.blockTokens();
    int last = Math.max(MIB, power(Math.max(1, demand.distinctBlocks()) * block));
    int first = Math.min(last, Math.max(power(block), Math.max(MIB, last - DOUBLINGS + 1)));
    var sizes = new ArrayList<Capacity>();
    for (int power = first; power <= last; power++) {
      sizes.add(Capacity.parse(text(power), Optional.of(spec.model())));
    }
    return sizes;
  }

  /// The least `p` with `2^p >= bytes`.
  private static int power(double bytes) {
    int exponent = Math.getExponent(bytes);
    return Math.scalb(1.0, exponent) < bytes ? exponent + 1 : exponent;
  }

  private static String text(int power) {
    int unit = Math.min(UNITS.length() - 1, (power - MIB) / STEP);
    return "%d%siB".formatted(1L << (power - MIB - STEP * unit), UNITS.charAt(unit));
  }
}
