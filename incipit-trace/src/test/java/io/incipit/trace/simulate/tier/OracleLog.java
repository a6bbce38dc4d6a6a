// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.tier;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A disk as the store's own classes have it, step by step: all extents are looked at each time
/// that one is given up, and each is worth its live share times its heat. Checks that a block is in
/// one extent only.
final class OracleLog {
  private static final class Extent {
    final List<Integer> ids = new ArrayList<>();
    long heat;
    long bytes;
  }

  private final DiskShape shape;
  private final List<Extent> extents = new ArrayList<>();
  private final Set<Integer> read = new HashSet<>();
  private boolean isOpen;
  private long reclaims;

  OracleLog(DiskShape shape) {
    this.shape = shape;
  }

  boolean holds(int id) {
    long in = extents.stream().filter(extent -> extent.ids.contains(id)).count();
    if (in > 1) {
      throw new IllegalStateException("id: %d in %d extents (expected: 1)".formatted(id, in));
    }
    return in == 1;
  }

  void read(int id) {
    extents.stream().filter(extent -> extent.ids.contains(id)).forEach(extent -> extent.heat++);
    read.add(id);
  }

  boolean append(int id) {
    if (!isOpen || !fits(1)) {
      long wanted = Math.max(shape.extentBytes(), size(1));
      if (wanted > shape.extentBytes()) {
        clear(wanted + shape.extentBytes());
      }
      if (isOpen) {
        extents.getLast().bytes = size(extents.getLast().ids.size());
        isOpen = false;
      }
      if (!clear(wanted)) {
        return false;
      }
      extents.add(new Extent());
      extents.getLast().bytes = wanted;
      isOpen = true;
      clear(shape.extentBytes());
    }
    extents.getLast().ids.add(id);
    read.remove(id);
    return true;
  }

  private long size(int records) {
    return records * shape.recordBytes() + DiskShape.footerBytes(records);
  }

  private boolean fits(int more) {
    var last = extents.getLast();
    return size(last.ids.size() + more) <= last.bytes;
  }

  private boolean clear(long wanted) {
    while (bytes() + wanted > shape.capacityBytes()) {
      var victim =
          extents.subList(0, extents.size() - (isOpen ? 1 : 0)).stream()
              .min(Comparator.comparingDouble(this::worth));
      extents.forEach(extent -> extent.heat /= 2);
      if (victim.isEmpty()) {
        return false;
      }
      giveUp(victim.get());
    }
    return true;
  }

  private double worth(Extent extent) {
    double live = (double) extent.ids.size() * shape.recordBytes() / extent.bytes;
    return live * (1 + (double) extent.heat * 4096 / extent.bytes);
  }

  private void giveUp(Extent victim) {
    extents.remove(victim);
    long budget = 0;
    if (isOpen) {
      budget = (extents.getLast().bytes - size(extents.getLast().ids.size())) / 2;
    }
    for (int id : victim.ids) {
      if (shape.recordBytes() <= budget && read.contains(id) && fits(1)) {
        extents.getLast().ids.add(id);
        budget -= shape.recordBytes();
      }
      read.remove(id);
    }
    reclaims++;
  }

  long bytes() {
    return extents.stream().mapToLong(extent -> extent.bytes).sum();
  }

  int blocks() {
    return extents.stream().mapToInt(extent -> extent.ids.size()).sum();
  }

  long reclaims() {
    return reclaims;
  }
}
