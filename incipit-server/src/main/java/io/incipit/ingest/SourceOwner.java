// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.block.Change;
import io.incipit.block.ChangeBuilder;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.env.Clock;
import io.incipit.service.MemoryShare;
import io.incipit.service.Service;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/// An engine's source as an owner of the index: numbers what it publishes, and begins a new
/// incarnation each time it has to forget. For one thread; replies come on others.
final class SourceOwner implements EngineStream.Effects {
  private static final int BYTES_EACH = 64 << 10;

  private final Service service;
  private final Clock clock;
  private final String namespace;
  private final String name;
  private final SourceCounts counts;
  private final ChangeBuilder changes;
  private final MemoryShare memory;
  private long incarnation;
  private long seq;

  /// The incarnation in which a publish was refused last.
  private volatile long failed;

  SourceOwner(Service service, Clock clock, SourceConfig config, SourceCounts counts) {
    this.service = service;
    this.clock = clock;
    this.namespace = config.namespace();
    this.name = config.owner();
    this.counts = counts;
    this.changes = new ChangeBuilder(config.naming().hashBytes());
    this.memory = service.share();
  }

  /// Where changes are gathered.
  ChangeBuilder changes() {
    return changes;
  }

  /// What the source takes of the memory that it shares.
  MemoryShare memory() {
    return memory;
  }

  /// The owner holds nothing any more, and is partial: its first number is left out.
  @Override
  public void forget() throws InterruptedException {
    changes.take();
    incarnation = Math.max(incarnation + 1, clock.wallMillis());
    seq = 1;
    changes.clear();
    flush();
  }

  /// The owner holds nothing any more, and that is all.
  void end() throws InterruptedException {
    changes.take();
    if (incarnation > 0) {
      incarnation++;
      seq = 0;
      changes.clear();
      flush();
    }
  }

  /// Publishes what was gathered once it is much.
  @Override
  public void publish() throws InterruptedException {
    if (changes.bytes() >= BYTES_EACH) {
      flush();
    }
  }

  /// What was gathered is all that the owner holds.
  @Override
  public void whole() throws InterruptedException {
    changes.synced();
    flush();
  }

  /// What was published is not all that the owner holds: it skips a number, which is refused, and
  /// leaves the owner partial and everything else as it was.
  @Override
  public void doubt() throws InterruptedException {
    flush();
    var skipping =
        new Op.Publish(namespace, name, incarnation, seq + 2, List.of(new Change.Synced()));
    send(skipping, _ -> {});
  }

  /// Publishes what was gathered. Waits while the namespace's lane is full.
  void flush() throws InterruptedException {
    var taken = changes.take();
    if (!taken.isEmpty()) {
      seq++;
      send(taken);
    }
  }

  private void send(List<Change> taken) throws InterruptedException {
    long life = incarnation;
    send(new Op.Publish(namespace, name, incarnation, seq, taken), reply -> answered(life, reply));
  }

  private void send(Op.Publish op, Consumer<Reply> replies) throws InterruptedException {
    while (!service.offer(op, replies)) {
      var room = new CountDownLatch(1);
      service.whenRoom(namespace, room::countDown);
      room.await();
    }
  }

  private void answered(long life, Reply reply) {
    if (reply instanceof Reply.Refused(var code, var message)) {
      failed = life;
      counts.refuse("publish: %s %s".formatted(code, message));
    }
  }

  @Override
  public boolean hasFailed() {
    return failed == incarnation;
  }
}
