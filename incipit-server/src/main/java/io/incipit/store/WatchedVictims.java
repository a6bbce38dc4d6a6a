// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.store.memory.Family;
import io.incipit.store.memory.Victims;
import java.util.function.LongConsumer;

/// Those who say which values leave memory, and somebody who hears which have, before them. For the
/// store's writer.
///
/// @param gone is told of the handles of values that are no more, whose keys can still be asked for
record WatchedVictims(Victims victims, LongConsumer gone) implements Victims {
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
  public void gone(long handle, int length, Cause cause) {
    gone.accept(handle);
    victims.gone(handle, length, cause);
  }
}
