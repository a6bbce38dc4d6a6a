// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.store.memory.Handle;
import io.incipit.store.memory.Victims;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.function.LongConsumer;

/// Which values there are, by family, and who goes first: the one that came first.
///
/// One thread, the store's writer.
final class Residents implements Victims {
  private final LinkedHashMap<Long, Long> families = new LinkedHashMap<>();
  private final HashMap<Long, LinkedHashSet<Long>> members = new HashMap<>();
  private final ArrayDeque<Long> leaving = new ArrayDeque<>();

  void stored(long handle, long family, long bytes) {
    families.put(handle, family);
    members.computeIfAbsent(family, _ -> new LinkedHashSet<>()).add(handle);
  }

  void members(long family, LongConsumer handles) {
    var some = members.get(family);
    if (some != null) {
      new LinkedHashSet<>(some).forEach(handles::accept);
    }
  }

  @Override
  public long next() {
    if (leaving.isEmpty() && !families.isEmpty()) {
      members(families.firstEntry().getValue(), leaving::add);
    }
    return leaving.isEmpty() ? Handle.NONE : leaving.poll();
  }

  @Override
  public void kept(long handle) {
    var family = families.remove(handle);
    if (family != null) {
      families.put(handle, family);
    }
  }

  @Override
  public void gone(long handle) {
    var family = families.remove(handle);
    var left = family == null ? null : members.get(family);
    if (left != null) {
      left.remove(handle);
      if (left.isEmpty()) {
        members.remove(family);
      }
    }
  }
}
