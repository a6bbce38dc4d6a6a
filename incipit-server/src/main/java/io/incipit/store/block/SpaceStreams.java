// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import io.incipit.block.Tier;
import io.incipit.env.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// What the store tells the index of all namespaces that are attached to, a stream for each; what a
/// stream has to say again is taken from the table of blocks.
///
/// For the store's writer, but for [#feed] and [#owner].
public final class SpaceStreams {
  private static final List<Tier> TIERS = List.of(Tier.HOST, Tier.DISK);

  /// How often the index is asked whether it has all.
  private static final long PROBE_NS = 2_000_000_000;

  private final BlockTable table;
  private final Clock clock;
  private final Consumer<Runnable> later;
  private final Map<Space, OwnerStream> streams = new HashMap<>();
  private volatile OwnerStream.Feed feed = OwnerStream.Feed.NONE;
  private volatile String owner = "store";
  private long probedNs;

  /// Without streams.
  ///
  /// @param later runs something as a change of the store
  public SpaceStreams(BlockTable table, Clock clock, Consumer<Runnable> later) {
    this.table = table;
    this.clock = clock;
    this.later = later;
  }

  /// Says who is told, and the name under which, before the first is [followed][#follow]. Any
  /// thread.
  public void feed(OwnerStream.Feed to, String name) {
    feed = to;
    owner = name;
  }

  /// The store's name in namespaces. Any thread.
  public String owner() {
    return owner;
  }

  /// The index hears of a space from now on, if it did not before.
  public void follow(Space space) {
    if (!streams.containsKey(space)) {
      streams.put(
          space, new OwnerStream(feed, space.namespace(), owner, space.wide(), clock, later));
      catchUp();
    }
  }

  /// The index has forgotten a space by itself.
  public void forget(Space space) {
    streams.remove(space);
  }

  /// Spaces of which the index hears.
  public Set<Space> spaces() {
    return streams.keySet();
  }

  /// A block is in other tiers than it was told to be.
  ///
  /// @param now masks of those that it is in
  public void moved(Block block, int now) {
    var stream = streams.get(block.space());
    if (stream == null) {
      return;
    }
    for (var tier : TIERS) {
      boolean held = (now & tier.mask()) != 0;
      if (held && (block.tiers() & tier.mask()) == 0) {
        stream.held(tier, block);
      } else if (!held && (block.tiers() & tier.mask()) != 0) {
        stream.gone(tier, block);
      }
    }
  }

  /// All of a space has to be said again.
  public void restart(Space space) {
    var stream = streams.get(space);
    if (stream != null) {
      stream.restart();
    }
  }

  /// All has to be said again.
  public void restart() {
    streams.values().forEach(OwnerStream::restart);
  }

  /// Publishes what was said of a space.
  ///
  /// @return as [OwnerStream#flush]; empty if the index does not hear of it
  public Optional<CompletableFuture<Void>> flush(Space space) {
    var stream = Optional.ofNullable(streams.get(space));
    if (stream.isPresent()) {
      catchUp();
    }
    return stream.map(OwnerStream::flush);
  }

  /// What is done every now and then.
  public void tick() {
    boolean probes = clock.nanoTime() - probedNs >= PROBE_NS;
    probedNs = probes ? clock.nanoTime() : probedNs;
    for (var stream : streams.values()) {
      var _ = stream.flush();
      if (probes) {
        stream.probe();
      }
    }
    catchUp();
  }

  /// Says all again where that has to be. O(blocks) then.
  public void catchUp() {
    streams.forEach(
        (space, stream) -> {
          if (stream.isBehind()) {
            sayAll(space, stream);
          }
        });
  }

  private void sayAll(Space space, OwnerStream stream) {
    boolean said = false;
    try {
      stream.begin();
      for (var tier : TIERS) {
        table.forEach(
            space,
            block -> {
              if ((block.tiers() & tier.mask()) != 0) {
                stream.held(tier, block);
              }
            });
      }
      stream.end();
      said = true;
    } finally {
      if (!said) {
        stream.restart();
      }
    }
  }
}
