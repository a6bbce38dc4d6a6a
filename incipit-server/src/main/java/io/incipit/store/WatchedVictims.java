// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.store.memory.Family;
import io.incipit.store.memory.Handle;
import io.incipit.store.memory.Victims;
import io.incipit.store.tenant.Tenancy;
import java.util.function.IntFunction;

/// Those who say which values leave memory, and the blocks, which hear before them what came and
/// what is gone. For the store's writer.
///
/// @param keys of slots with a value, and of those whose value is no more
record WatchedVictims(Victims victims, Blocks blocks, Tenancy tenancy, IntFunction<byte[]> keys)
    implements Victims {
  @Override
  public void next(Family family) {
    victims.next(family);
  }

  @Override
  public void with(long handle, Family family) {
    victims.with(handle, family);
  }

  @Override
  public void kept(Family family) {
    victims.kept(family);
  }

  @Override
  public void came(long handle, int length) {
    int slot = Handle.slot(handle);
    var key = keys.apply(slot);
    blocks.came(key, slot, length);
    tenancy.came(key, length);
    victims.came(handle, length);
  }

  @Override
  public void gone(long handle, int length, Cause cause) {
    int slot = Handle.slot(handle);
    var key = keys.apply(slot);
    blocks.gone(key, slot, length);
    tenancy.gone(key, length);
    victims.gone(handle, length, cause);
  }
}
