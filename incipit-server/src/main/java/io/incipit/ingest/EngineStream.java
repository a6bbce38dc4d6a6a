// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.ingest.SourceCounts.Count;
import io.incipit.ingest.event.BadEventException;
import io.incipit.ingest.event.EngineEvent;
import io.incipit.ingest.event.EventBatch;
import io.incipit.ingest.event.EventDecoder;
import java.util.ArrayDeque;

/// One engine's numbered messages, put in order: what is missing is asked for again, what comes
/// meanwhile waits, what came before is left out, and what cannot be had makes the source forget
/// all it held, since a removal may be among it. For one thread.
///
/// States: *live*, where the next number is applied at once; *replaying*, where live messages are
/// held until the replay has ended, so that a late replay never brings back what is gone. A number
/// from before is a duplicate if its content is the same, else the engine has begun another life;
/// if its content is not remembered any more, the last message that was applied is asked for again,
/// and decides. An engine that has no replay is believed whatever comes next.
///
/// A source is *whole* if it has followed the engine from its first message, or from a moment at
/// which the engine held nothing; else it is *partial*, and so it is while all that it stores is of
/// another block size.
final class EngineStream {
  /// What a stream needs others to do.
  interface Effects {
    /// The owner holds nothing any more, and may hold more than it says until [#whole].
    void forget() throws InterruptedException;

    /// Publishes what was gathered.
    void publish() throws InterruptedException;

    /// The owner may hold more than it says until [#whole]; what it said stays.
    void doubt() throws InterruptedException;

    /// What was published is all that the owner holds.
    void whole() throws InterruptedException;

    /// Whether something that was published since [#forget] was refused.
    boolean hasFailed();
  }

  /// A dialogue in which an engine tells again what was missed. One at a time: what an earlier
  /// request still brings is not passed. It answers by [#replayed] for each message that is
  /// repeated, or by one [#restored] for all that the engine holds, and then by [#replayEnded]; or
  /// by [#replayFailed] when it broke off, and is asked again or given up. Live messages are held
  /// until then, and taken after it.
  ///
  /// All engines that are released repeat messages. One that tells all it holds has to say of live
  /// messages of which life they are, so that none of another is held.
  interface Recovery {
    /// An engine that tells nothing twice.
    Recovery NONE =
        new Recovery() {
          @Override
          public boolean isThere() {
            return false;
          }

          @Override
          public void ask(long from) {
            throw new IllegalStateException("from: " + from + " (expected: not to be asked)");
          }
        };

    /// Whether the engine can be asked.
    boolean isThere();

    /// Asks for what came from a message on.
    void ask(long from) throws InterruptedException;
  }

  /// How often a replay that broke off is asked for again.
  static final int ATTEMPTS_MAX = 3;

  /// What may be held, in bytes; beyond it all held is dropped, and asked for again.
  static final int HELD_BYTES_MAX = 64 << 20;

  private static final int HELD_EACH = 64;

  /// After so many replays that did not bring what had come, the engine is taken to repeat less
  /// than it sends.
  private static final int VAIN_MAX = 3;

  /// It waits for room 2^5 times as long as at first, at most.
  private static final int REFILLS_MAX = 5;

  private final EventDecoder decoder = new EventDecoder();
  private final EventBatch batch = new EventBatch();
  private final EngineBlocks blocks;
  private final Effects effects;
  private final Recovery recovery;
  private final SourceCounts counts;
  private final SeenMessages seen = new SeenMessages();
  private final ArrayDeque<Message> held = new ArrayDeque<>();
  private long heldBytes;

  /// The number that is applied next; -1 until anything is known.
  private long next = -1;

  /// Whether nothing is missing since the engine held nothing.
  private boolean whole;

  /// Whether that was told.
  private boolean told;

  private boolean replaying;

  /// Whether the replay is to show first that the engine is still the same.
  private boolean verifying;

  /// Whether the engine was asked if its last message came.
  private boolean looking;

  /// Whether it has repeated that, and whether it ever repeated anything.
  private boolean found;

  private boolean repeats;

  /// Whether a replay was given up, after which more is known to be had.
  private boolean gaveUp;

  /// Whether what was held is being taken.
  private boolean draining;

  private int attempts;

  /// How often a replay was asked for.
  private long asks;

  /// How often it began afresh for want of memory since it was whole, and how often it might have
  /// since.
  private int refills;

  private int calls;

  /// How many replays in a row have ended without anything new.
  private int vain;

  /// A message that may be held.
  private static final class Message {
    final long seq;
    final byte[] payload;

    /// How often a replay had been asked for when it came.
    final long asks;

    Message(long seq, byte[] payload, long asks) {
      this.seq = seq;
      this.payload = payload;
      this.asks = asks;
    }

    int bytes() {
      return payload.length + HELD_EACH;
    }
  }

  /// A stream of which nothing has come yet.
  EngineStream(EngineBlocks blocks, Effects effects, Recovery recovery, SourceCounts counts) {
    this.blocks = blocks;
    this.effects = effects;
    this.recovery = recovery;
    this.counts = counts;
  }

  /// The connection broke. What comes next may be of another life, so it waits for a replay.
  void disconnected() {
    dropHeld();
    looking = false;
    if (recovery.isThere() && next > 0) {
      replaying = true;
      verifying = true;
    }
  }

  /// The connection stands, for the first time or again: what was missed is asked for.
  void connected() throws InterruptedException {
    if (next < 0) {
      effects.forget();
    }
    if (recovery.isThere()) {
      ask();
    } else if (next >= 0) {
      startOver();
    }
  }

  /// A message that the engine sent by itself.
  ///
  /// @param seq its number, unsigned
  /// @param payload not to be changed from now on
  void live(long seq, byte[] payload) throws InterruptedException {
    if (seq < 0) {
      counts.refuse("seq: %s (expected: below 2^63)".formatted(Long.toUnsignedString(seq)));
    } else if (replaying) {
      hold(new Message(seq, payload, asks));
    } else {
      take(new Message(seq, payload, asks));
    }
  }

  private void hold(Message message) {
    if (heldBytes + message.bytes() > HELD_BYTES_MAX) {
      dropHeld();
      return;
    }
    heldBytes += message.bytes();
    held.add(message);
  }

  private void holdFirst(Message message) {
    heldBytes += message.bytes();
    held.addFirst(message);
  }

  private void dropHeld() {
    held.clear();
    heldBytes = 0;
  }

  private void take(Message message) throws InterruptedException {
    if (effects.hasFailed()) {
      lose();
    }
    if (next < 0) {
      begin(message.seq);
    }
    if (message.seq == next) {
      apply(message.seq, message.payload);
    } else if (message.seq > next) {
      missing(message);
    } else {
      before(message);
    }
  }

  /// The first message of which anything is known.
  private void begin(long seq) {
    next = seq;
    whole = seq == 0;
  }

  private void missing(Message message) throws InterruptedException {
    if (recovery.isThere() && message.asks == asks) {
      counts.add(Count.GAPS, message.seq - next);
      holdFirst(message);
      ask();
      return;
    }
    if (recovery.isThere() && !gaveUp && vain < VAIN_MAX) {
      // The engine had all it has sent repeated since, and this is not of it.
      counts.add(Count.STALE, 1);
      return;
    }
    vain = 0;
    lose();
    next = message.seq;
    apply(message.seq, message.payload);
  }

  private void before(Message message) throws InterruptedException {
    var compared = seen.compare(message.seq, message.payload);
    if (draining || compared == SeenMessages.Comparison.SAME) {
      // What was held is older than the replay that has ended, and so is of it, or of a life
      // before.
      counts.add(Count.DUPLICATES, 1);
    } else if (compared == SeenMessages.Comparison.FORGOTTEN && recovery.isThere()) {
      hold(message);
      ask();
    } else {
      restart(message);
    }
  }

  /// The engine has begun another life.
  private void restart(Message message) throws InterruptedException {
    counts.add(Count.RESTARTS, 1);
    startOver();
    if (recovery.isThere()) {
      hold(message);
      ask();
    } else {
      take(message);
    }
  }

  private void startOver() throws InterruptedException {
    lose();
    seen.clear();
    next = -1;
    verifying = false;
  }

  /// Forgets all that the source held: something is missing for good.
  private void lose() throws InterruptedException {
    counts.add(Count.RESETS, 1);
    whole = false;
    told = false;
    blocks.forget();
    effects.forget();
  }

  /// Asks for what comes next, and for the last message before it, to see whether the engine is
  /// still the same.
  private void ask() throws InterruptedException {
    replaying = true;
    looking = false;
    asks++;
    verifying = next > 0;
    counts.add(Count.REPLAYS, 1);
    recovery.ask(Math.max(0, next - 1));
  }

  /// Asks whether the last message that came is the last that was sent, of which nothing else would
  /// tell before the next one: to be called now and then while none comes. Live messages are taken
  /// meanwhile, and an engine that does not answer is not doubted.
  void look() throws InterruptedException {
    if (recovery.isThere() && !replaying && next >= 0) {
      looking = true;
      found = false;
      recovery.ask(Math.max(0, next - 1));
    }
  }

  private void found(Message message) throws InterruptedException {
    found = true;
    boolean known =
        message.seq < next
            && seen.compare(message.seq, message.payload) != SeenMessages.Comparison.OTHER;
    if (!known) {
      take(message);
    }
  }

  /// A message that the engine repeats.
  void replayed(long seq, byte[] payload) throws InterruptedException {
    repeats = true;
    if (looking && seq >= 0) {
      found(new Message(seq, payload, asks));
      return;
    }
    if (!replaying || seq < 0) {
      return;
    }
    if (verifying) {
      verify(seq, payload);
      return;
    }
    if (next < 0) {
      begin(seq);
    }
    if (seq < next) {
      if (seen.compare(seq, payload) == SeenMessages.Comparison.OTHER) {
        afresh();
      } else {
        counts.add(Count.DUPLICATES, 1);
      }
      return;
    }
    if (seq > next && next > 0) {
      // The engine has what is missing, and did not get it through.
      replayFailed();
      return;
    }
    if (seq > next) {
      counts.add(Count.GAPS, seq - next);
      lose();
      next = seq;
    }
    attempts = 0;
    apply(seq, payload);
  }

  private void verify(long seq, byte[] payload) throws InterruptedException {
    verifying = false;
    if (seq >= next) {
      // What would tell is gone, and what came between as well.
      lose();
      next = seq;
      apply(seq, payload);
    } else if (seq == next - 1 && seen.compare(seq, payload) == SeenMessages.Comparison.SAME) {
      counts.add(Count.DUPLICATES, 1);
    } else {
      afresh();
    }
  }

  /// All that the engine held before a message, instead of the messages that brought it there; what
  /// was held until now goes. Nothing has changed before this, so a dialogue that gets it in pieces
  /// gathers them, and may break off.
  ///
  /// @param seq the first message that is not in it
  void restored(long seq, EventBatch all) throws InterruptedException {
    if (!replaying || seq < 0) {
      return;
    }
    startOver();
    begin(seq);
    whole = true;
    apply(all);
  }

  /// The engine has told all it has.
  void replayEnded() throws InterruptedException {
    if (looking) {
      looking = false;
      if (!found && repeats && next > 0) {
        afresh();
      }
      return;
    }
    if (!replaying) {
      return;
    }
    if (verifying) {
      afresh();
      return;
    }
    attempts = 0;
    gaveUp = false;
    vain++;
    replaying = false;
    if (next < 0) {
      // It has sent nothing yet, and so holds nothing.
      next = 0;
      whole = true;
    }
    drain();
    tell();
  }

  /// The engine does not have what it once sent: it is in another life.
  private void afresh() throws InterruptedException {
    counts.add(Count.RESTARTS, 1);
    startOver();
    ask();
  }

  /// The replay broke off, or took too long.
  void replayFailed() throws InterruptedException {
    looking = false;
    if (!replaying) {
      return;
    }
    attempts++;
    if (attempts < ATTEMPTS_MAX) {
      ask();
      return;
    }
    attempts = 0;
    gaveUp = true;
    if (verifying) {
      startOver();
    }
    replaying = false;
    drain();
    tell();
  }

  /// Begins afresh if a replay was given up, or if there is room for what was left out: to be
  /// called now and then.
  void retry() throws InterruptedException {
    if (replaying || !(gaveUp || isRoomForMore())) {
      return;
    }
    gaveUp = false;
    startOver();
    ask();
  }

  /// Whether what was left out for want of memory is worth another replay; each time that it was
  /// not enough, twice as many calls go by.
  private boolean isRoomForMore() {
    if (!recovery.isThere() || !blocks.isLacking()) {
      return false;
    }
    calls++;
    if (calls < 1 << Math.min(refills, REFILLS_MAX) || !blocks.hasRoom()) {
      return false;
    }
    calls = 0;
    refills++;
    return true;
  }

  private void drain() throws InterruptedException {
    draining = true;
    while (!replaying && !held.isEmpty()) {
      var message = held.poll();
      heldBytes -= message.bytes();
      take(message);
    }
    draining = false;
  }

  private void apply(long seq, byte[] payload) throws InterruptedException {
    seen.note(seq, payload);
    next = seq + 1;
    vain = 0;
    try {
      decoder.decode(payload, 0, payload.length, batch);
    } catch (BadEventException bad) {
      counts.refuse("message %d: %s".formatted(seq, bad.getMessage()));
      lose();
      return;
    }
    counts.add(Count.BATCHES, 1);
    apply(batch);
  }

  private void apply(EventBatch events) throws InterruptedException {
    counts.add(Count.EVENTS, events.size());
    for (int i = 0; i < events.size(); i++) {
      var event = events.get(i);
      blocks.apply(event);
      whole |= event.kind() == EngineEvent.Kind.CLEARED;
    }
    blocks.settle();
    effects.publish();
    if (whole && (blocks.isBlind() || blocks.isLacking())) {
      doubt();
    }
    tell();
  }

  /// What the engine holds is not known, or not all of it; that it was whole is taken back.
  private void doubt() throws InterruptedException {
    whole = false;
    if (told) {
      told = false;
      if (blocks.isBlind()) {
        blocks.drop();
        effects.forget();
      } else {
        effects.doubt();
      }
    }
  }

  private void tell() throws InterruptedException {
    if (whole && !replaying && !told) {
      told = true;
      refills = 0;
      effects.whole();
    }
  }

  /// Whether all that the engine holds is known.
  boolean isWhole() {
    return told && !replaying;
  }

  boolean isReplaying() {
    return replaying;
  }

  /// The number that is expected next; -1 if nothing is known.
  long next() {
    return next;
  }
}
