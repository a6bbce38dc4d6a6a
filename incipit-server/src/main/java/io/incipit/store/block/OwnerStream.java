// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

import io.incipit.block.ChangeBuilder;
import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.env.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/// What the store, as an owner, tells the index about the blocks of one namespace: numbered
/// publishes, one after the other. If one is refused, or the index is too slow, all is said again
/// in another incarnation.
///
/// For the store's writer; replies come on any thread.
public final class OwnerStream {
  /// Who takes publishes.
  ///
  /// @param offer takes a publish, if there is room for it; its reply comes on any thread
  /// @param whenRoom calls back once, on any thread, when there may be room again for a namespace
  public record Feed(
      BiPredicate<Op.Publish, Consumer<Reply>> offer, BiConsumer<String, Runnable> whenRoom) {
    /// Nobody does; all is well.
    public static final Feed NONE =
        new Feed(
            (_, replies) -> {
              replies.accept(new Reply.Done());
              return true;
            },
            (_, room) -> room.run());
  }

  /// Bytes of names in one publish, about.
  private static final int BYTES_EACH = 64 << 10;

  /// Publishes that may wait for room.
  private static final int WAITING_MAX = 1_024;

  private static final int DIGITS_MAX = 18;
  private static final long AGAIN_NS = 1_000_000_000L;

  private record Waiting(Op.Publish op, CompletableFuture<Void> applied) {}

  private final Feed feed;
  private final String namespace;
  private final String owner;
  private final Clock clock;
  private final Consumer<Runnable> later;
  private final ChangeBuilder changes;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
  private long incarnation;
  private long seq;

  /// The number with which all was said.
  private long wholeSeq;

  /// Whether somebody will say when there is room.
  private boolean awaitsRoom;

  /// Whether all has to be said again, and not before when.
  private boolean behind = true;

  private long notBeforeNs;

  /// @param owner the store's name in the namespace
  /// @param wide whether hashes are named by 16 bytes; else by 8
  /// @param later runs something as a change of the store
  public OwnerStream(
      Feed feed,
      String namespace,
      String owner,
      boolean wide,
      Clock clock,
      Consumer<Runnable> later) {
    this.feed = feed;
    this.namespace = namespace;
    this.owner = owner;
    this.clock = clock;
    this.later = later;
    this.changes = new ChangeBuilder(wide ? 2 * Long.BYTES : Long.BYTES);
    this.notBeforeNs = clock.nanoTime();
  }

  /// A block is in a tier now.
  public void held(Tier tier, Block block) {
    if (behind) {
      return;
    }
    if (block.root()) {
      changes.store(tier);
    } else {
      changes.store(tier, block.parentHigh(), block.parentLow());
    }
    changes.name(block.high(), block.low());
    flushMuch();
  }

  /// A block is not in a tier any more.
  public void gone(Tier tier, Block block) {
    if (!behind) {
      changes.remove(tier, block.high(), block.low());
      flushMuch();
    }
  }

  private void flushMuch() {
    if (changes.bytes() >= BYTES_EACH) {
      send();
    }
  }

  /// Publishes what was said.
  ///
  /// @return when the index has applied all of it, or has refused some; at once if all has to be
  ///     said again, since nobody knows when that will be
  public CompletableFuture<Void> flush() {
    if (behind) {
      return CompletableFuture.completedFuture(null);
    }
    send();
    return last;
  }

  private void send() {
    var taken = changes.take();
    if (taken.isEmpty()) {
      return;
    }
    seq++;
    last = new CompletableFuture<>();
    waiting.add(new Waiting(new Op.Publish(namespace, owner, incarnation, seq, taken), last));
    offer();
  }

  private void offer() {
    while (!waiting.isEmpty()) {
      var first = waiting.getFirst();
      if (!feed.offer().test(first.op(), reply -> answered(first, reply))) {
        awaitRoom();
        return;
      }
      waiting.remove();
    }
  }

  private void awaitRoom() {
    if (!awaitsRoom) {
      awaitsRoom = true;
      feed.whenRoom().accept(namespace, () -> later.accept(this::offerAgain));
    }
  }

  private void offerAgain() {
    awaitsRoom = false;
    offer();
  }

  private void answered(Waiting publish, Reply reply) {
    long life = publish.op().incarnation();
    if (reply instanceof Reply.Refused(var code, var detail)) {
      later.accept(() -> refused(life, code == ErrorCode.FENCED ? number(detail) : life));
    } else if (reply instanceof Reply.Published(long last, _) && last != publish.op().seq()) {
      // A store before this one had the same incarnation, since the day's clock went back.
      later.accept(() -> refused(life, life));
    }
    publish.applied().complete(null);
  }

  /// The number that a detail begins with; 0 if there is none.
  private static long number(String detail) {
    var digits = detail.split("\\D", 2)[0];
    return digits.isEmpty() || digits.length() > DIGITS_MAX ? 0 : Long.parseLong(digits);
  }

  /// @param current the incarnation that the index goes by
  private void refused(long life, long current) {
    if (life == incarnation) {
      incarnation = Math.max(incarnation, current);
      fallBehind(AGAIN_NS);
    }
  }

  /// All has to be said again, since it has changed or was not heard.
  public void restart() {
    fallBehind(0);
  }

  private void fallBehind(long waitNs) {
    behind = true;
    notBeforeNs = clock.nanoTime() + waitNs;
    changes.take();
    waiting.forEach(one -> one.applied().complete(null));
    waiting.clear();
  }

  /// Asks the index how far it is, when nothing is under way: it may have begun again.
  public void probe() {
    if (!behind && waiting.isEmpty() && seq > 0 && last.isDone()) {
      var nothing = new Op.Publish(namespace, owner, incarnation, seq, List.of());
      var asked = new Waiting(nothing, new CompletableFuture<>());
      // Without room it is asked again the next time.
      var _ = feed.offer().test(nothing, reply -> answered(asked, reply));
    }
  }

  /// Whether all has to be said again, and now. If so, [#begin] is next.
  public boolean isBehind() {
    if (!behind && waiting.size() > WAITING_MAX + wholeSeq) {
      fallBehind(AGAIN_NS);
    }
    return behind && clock.nanoTime() - notBeforeNs >= 0;
  }

  /// Says that nothing is held. What is held is to be told again, and then [#end] called.
  public void begin() {
    incarnation = Math.max(incarnation + 1, clock.wallMillis());
    seq = 0;
    behind = false;
    changes.clear();
  }

  /// All that is held was told.
  public void end() {
    changes.synced();
    send();
    wholeSeq = seq;
  }
}
