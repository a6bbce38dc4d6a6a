// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.ErrorCode;
import io.incipit.block.Holders;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Scores;
import io.incipit.block.Stat;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import io.incipit.index.Eligible;
import io.incipit.index.Outcome;
import io.incipit.index.RunAnswer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Answers questions about one namespace: asks its index, and says which owners an answer rests on.
/// Thread-safe; never blocks.
///
/// The index names owners by slots. An answer is believed only if meanwhile no slot was given to
/// another owner and the index was not replaced; else the question begins again.
final class Questions {
  /// How often a question begins again before it is called busy.
  private static final int ATTEMPTS_MAX = 4;

  private static final int REPLY_BYTES = 128;
  private static final int LOCATED_BYTES = 48;
  private static final int ROW_BYTES = 640;
  private static final int NAME_BYTES = 64;

  private final Namespace namespace;
  private final Epochs epochs;
  private final OwnerTable owners;
  private final OwnerFault fault;
  private final CursorCodec cursors;
  private final LongAdder matches = new LongAdder();
  private final LongAdder matchedBlocks = new LongAdder();
  private final LongAdder askedBlocks = new LongAdder();
  private final LongAdder scores = new LongAdder();
  private final LongAdder staleCursors = new LongAdder();

  /// Questions since one found a block, and whether there are any.
  private final LongAdder vain = new LongAdder();

  private volatile boolean vainly;

  Questions(
      Namespace namespace,
      Epochs epochs,
      OwnerTable owners,
      CursorCodec cursors,
      OwnerFault fault) {
    this.namespace = namespace;
    this.epochs = epochs;
    this.owners = owners;
    this.cursors = cursors;
    this.fault = fault;
  }

  /// Attempts at a question until one is answered within one moment. An attempt sets the outcome of
  /// the inquiry and makes a reply, which is thrown away if the moment is over.
  private Reply ask(Inquiry by, Function<Moment, Reply> attempt) {
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
      var moment = new Moment(epochs, owners, fault);
      var reply = attempt.apply(moment);
      if (!moment.isOver()) {
        staleCursors.add(by.outcome() == Outcome.PLACE_GONE ? 1 : 0);
        return reply;
      }
      by.again();
    }
    return by.busy();
  }

  /// How a question ended, the memory of its reply taken if it was answered.
  private static Outcome charged(Outcome outcome, Inquiry by, LongSupplier replyBytes) {
    return outcome == Outcome.ANSWERED ? by.take(replyBytes.getAsLong()) : outcome;
  }

  /// Why a question has no reply; null if it was answered.
  private static @Nullable Reply refusal(Outcome outcome, Inquiry by) {
    return switch (outcome) {
      case ANSWERED -> null;
      case BUSY -> by.busy();
      case OVER_BUDGET -> by.tooMuch();
      case PLACE_GONE -> staleCursor(by);
    };
  }

  private static Reply staleCursor(Inquiry by) {
    return by.end(
        Outcome.PLACE_GONE,
        ErrorCode.STALECURSOR,
        "the place is gone (expected: the whole chain, without FROM)");
  }

  /// Puts the numbers of owners where the index has said their slots.
  private void renumber(Consumer<IntUnaryOperator> answer) {
    if (owners.version() != 0) {
      answer.accept(owners::number);
    }
  }

  /// The owners that a question is about.
  ///
  /// @param names all if there are none
  /// @param known those of `names` that there are
  private record Asked(List<String> names, int tierMask, List<OwnerTable.Owner> known) {
    Eligible eligible() {
      if (!names.isEmpty()) {
        return Eligible.of(tierMask, known.stream().mapToInt(owner -> owner.slot).toArray());
      }
      return tierMask == Tier.ALL_MASK ? Eligible.ALL : Eligible.inTiers(tierMask);
    }

    int flags(Moment moment, boolean partial, boolean truncated) {
      return flag(Reply.PARTIAL, partial)
          | flag(Reply.SHORT, moment.isShort(names, tierMask, known))
          | flag(Reply.TRUNCATED, truncated);
    }
  }

  private Asked asked(List<String> names, int tierMask) {
    var known = names.stream().flatMap(name -> owners.find(name).stream()).toList();
    return new Asked(names, tierMask, known);
  }

  private static int flag(int flag, boolean set) {
    return set ? flag : 0;
  }

  /// Answers a match.
  Reply match(Op.Match op, Inquiry by) {
    var reply = ask(by, moment -> match(op, by, moment));
    if (reply instanceof Reply.Matched matched) {
      matches.increment();
      askedBlocks.add((long) CursorCodec.depth(op.from()) + op.hashes().length());
      matchedBlocks.add(matched.blocks());
      note(matched.blocks() > 0);
    }
    return reply;
  }

  private Reply match(Op.Match op, Inquiry by, Moment moment) {
    var place = cursors.place(op.from(), moment.epoch.number());
    if (place.isEmpty()) {
      return staleCursor(by);
    }
    var asked = asked(op.owners(), op.tierMask());
    var answer = by.match();
    var outcome =
        moment
            .epoch
            .index()
            .match(place.get(), op.hashes(), asked.eligible(), op.limit(), by.budget(), answer);
    var ended =
        charged(outcome, by, () -> REPLY_BYTES + (long) answer.count() * Inquiry.RECORD_BYTES);
    var refusal = refusal(ended, by);
    if (refusal != null) {
      return refusal;
    }
    renumber(answer::renumber);
    var holders = answer.holders();
    return new Reply.Matched(
        answer.blocks(),
        (long) answer.blocks() * namespace.blockTokens(),
        asked.flags(moment, moment.isPartial(holders), answer.truncated()),
        cursors.cursor(answer.place(), moment.epoch.number()),
        holders);
  }

  /// Answers a score.
  Reply score(Op.Score op, Inquiry by) {
    var reply = ask(by, moment -> score(op, by, moment));
    if (reply instanceof Reply.Scored scored) {
      scores.increment();
      note(scored.known() > 0);
    }
    return reply;
  }

  /// Those that find something, which are most, only read.
  private void note(boolean found) {
    if (!found) {
      vain.increment();
      vainly = true;
    } else if (vainly) {
      vainly = false;
      vain.reset();
    }
  }

  private Reply score(Op.Score op, Inquiry by, Moment moment) {
    var place = cursors.place(op.from(), moment.epoch.number());
    if (place.isEmpty()) {
      return staleCursor(by);
    }
    var asked = asked(op.owners(), op.tierMask());
    var answer = by.score().listAll(op.all());
    var outcome =
        moment
            .epoch
            .index()
            .score(
                place.get(),
                op.hashes(),
                owners.slots(),
                asked.eligible(),
                op.limit(),
                by.budget(),
                answer);
    long eachBytes = 2L * Inquiry.RECORD_BYTES + (op.names() ? NAME_BYTES : 0);
    var ended = charged(outcome, by, () -> REPLY_BYTES + answer.count() * eachBytes);
    var refusal = refusal(ended, by);
    if (refusal != null) {
      return refusal;
    }
    if (owners.version() != 0) {
      answer.removeIf(owners::isRetired);
    }
    renumber(answer::renumber);
    var found = answer.scores();
    return new Reply.Scored(
        answer.known(),
        asked.flags(moment, moment.isPartial(found), answer.truncated()),
        cursors.cursor(answer.place(), moment.epoch.number()),
        found,
        op.names(),
        op.names() ? names(found) : List.of());
  }

  private List<String> names(Scores scores) {
    var names = new ArrayList<String>(scores.count());
    for (int i = 0; i < scores.count(); i++) {
      names.add(name(scores.owner(i)));
    }
    return names;
  }

  /// The name of the owner that had a number last; its number in digits if there is none.
  String name(int number) {
    return owners
        .inSlot(OwnerTable.slotOf(number))
        .map(owner -> owner.name)
        .orElseGet(() -> Integer.toString(number));
  }

  /// Answers a range read.
  Reply run(Op.Run op, Inquiry by) {
    return ask(by, moment -> run(op, by, moment));
  }

  private Reply run(Op.Run op, Inquiry by, Moment moment) {
    var answer = by.run();
    var outcome = moment.epoch.index().run(op.hash(), op.from(), op.count(), by.budget(), answer);
    var refusal = refusal(charged(outcome, by, () -> bytes(answer)), by);
    if (refusal != null) {
      return refusal;
    }
    renumber(answer::renumber);
    var holders = answer.holders();
    int flags =
        end(answer.end())
            | flag(Reply.PARTIAL, moment.isPartial(holders))
            | flag(Reply.SHORT, moment.mayBePartial());
    return new Reply.Ran(answer.hashes(), flags, holders);
  }

  private static long bytes(RunAnswer answer) {
    long hashes = (long) answer.hashes().length() * answer.hashes().hashBytes();
    return REPLY_BYTES + hashes + (long) answer.count() * Inquiry.RECORD_BYTES;
  }

  private static int end(RunAnswer.End end) {
    return switch (end) {
      case END -> Reply.END;
      case PARTING -> Reply.PARTING;
      case UNKNOWN -> Reply.UNKNOWN;
      case COUNT -> Reply.COUNT;
    };
  }

  /// Answers random gets.
  Reply locate(Op.Locate op, Inquiry by) {
    return ask(by, moment -> locate(op, by, moment));
  }

  private Reply locate(Op.Locate op, Inquiry by, Moment moment) {
    var answer = by.match();
    var found = new ArrayList<Holders>();
    for (int i = 0; i < op.hashes().length(); i++) {
      var outcome = moment.epoch.index().locate(op.hashes(), i, by.budget(), answer);
      var ended =
          charged(outcome, by, () -> LOCATED_BYTES + (long) answer.count() * Inquiry.RECORD_BYTES);
      if (ended == Outcome.OVER_BUDGET) {
        return by.end(
            ended,
            ErrorCode.LIMIT,
            "%d of %d hashes have as many holders as fit into a reply (expected: so many at a time)"
                .formatted(i, op.hashes().length()));
      }
      var refusal = refusal(ended, by);
      if (refusal != null) {
        return refusal;
      }
      renumber(answer::renumber);
      found.add(answer.holders());
    }
    return new Reply.Located(found);
  }

  /// Lists owners, by number.
  Reply owners(Op.Owners op, Inquiry by) {
    var rows = new ArrayList<Map<String, Value>>();
    if (op.owner().isPresent()) {
      owners.find(op.owner().get()).ifPresent(owner -> rows.add(row(owner)));
      return new Reply.Rows(rows);
    }
    int limit = Math.max(0, op.limit());
    return by.rows(
        Math.min(limit, owners.count()),
        ROW_BYTES,
        () -> {
          owners.from(op.from()).stream().limit(limit).map(Questions::row).forEach(rows::add);
          return new Reply.Rows(rows);
        });
  }

  private static Map<String, Value> row(OwnerTable.Owner owner) {
    var row = new LinkedHashMap<String, Value>();
    row.put("owner", Value.of(owner.number));
    row.put("name", Value.of(owner.name));
    row.put("incarnation", Value.of(owner.incarnation));
    row.put("seq", Value.of(owner.seq));
    row.put("partial", Value.of(owner.partial ? 1 : 0));
    return row;
  }

  /// Adds the counters of questions, in a fixed order.
  void addStats(List<Stat> stats) {
    stats.add(Stat.counter("matches", matches.sum()));
    stats.add(Stat.counter("asked-blocks", askedBlocks.sum()));
    stats.add(Stat.counter("matched-blocks", matchedBlocks.sum()));
    stats.add(Stat.counter("scores", scores.sum()));
    stats.add(Stat.gauge("questions-in-vain", vain.sum()));
    stats.add(Stat.counter("stale-cursors", staleCursors.sum()));
  }
}
