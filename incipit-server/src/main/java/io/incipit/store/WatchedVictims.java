// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.store.memory.Family;
import io.incipit.store.memory.Handle;
import io.incipit.store.memory.Victims;
import java.util.function.IntFunction;

/// Those who say which values leave memory, and the blocks, which hear before them what came and
/// what is gone. For the store's writer.
///
/// @param keys of slots with a value, and of those whose value is no more
record WatchedVictims(Victims victims, Blocks blocks, IntFunction<byte[]> keys) implements Victims {
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
    blocks.came(keys.apply(slot), slot, length);
    victims.came(handle, length);
  }

  @Override
  public void gone(long handle, int length, Cause cause) {
    int slot = Handle.slot(handle);
    blocks.gone(keys.apply(slot), slot, length);
    victims.gone(handle, length, cause);
  }
}
