// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.ErrorCode;
import io.incipit.block.Holders;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Scores;
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
import java.util.function.Function;

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

  /// One attempt at a question: sets the outcome of the inquiry and makes a reply, which is thrown
  /// away if the moment is over.
  private Reply ask(Inquiry by, Function<Moment, Reply> attempt) {
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
      var moment = new Moment(epochs, owners, fault);
      var reply = attempt.apply(moment);
      if (!moment.isOver()) {
        return reply;
      }
      by.again();
    }
    return by.busy();
  }

  private static Reply unanswered(Inquiry by, Outcome outcome) {
    return outcome == Outcome.BUSY ? by.busy() : by.tooMuch();
  }

  /// Answers a match.
  Reply match(Op.Match op, Inquiry by) {
    return ask(by, moment -> match(op, by, moment));
  }

  private Reply match(Op.Match op, Inquiry by, Moment moment) {
    var named = named(op.owners());
    var place = cursors.place(op.from(), moment.epoch.number());
    if (place.isEmpty()) {
      return staleCursor(by);
    }
    var answer = by.match();
    var eligible = eligible(op.owners(), op.tierMask(), named);
    var outcome =
        moment
            .epoch
            .index()
            .match(place.get(), op.hashes(), eligible, op.limit(), by.budget(), answer);
    if (outcome == Outcome.PLACE_GONE) {
      return staleCursor(by);
    }
    if (outcome == Outcome.ANSWERED) {
      outcome = by.take(REPLY_BYTES + (long) answer.count() * Inquiry.RECORD_BYTES);
    }
    if (outcome != Outcome.ANSWERED) {
      return unanswered(by, outcome);
    }
    if (owners.version() != 0) {
      answer.renumber(owners::number);
    }
    var holders = answer.holders();
    int flags =
        flag(Reply.PARTIAL, moment.isPartial(holders))
            | flag(Reply.SHORT, moment.isShort(op.owners(), op.tierMask(), named))
            | flag(Reply.TRUNCATED, answer.truncated());
    matches.increment();
    askedBlocks.add((long) place.get().depth() + op.hashes().length());
    matchedBlocks.add(answer.blocks());
    return new Reply.Matched(
        answer.blocks(),
        (long) answer.blocks() * namespace.blockTokens(),
        flags,
        cursors.cursor(answer.place(), moment.epoch.number()),
        holders);
  }

  private static int flag(int flag, boolean set) {
    return set ? flag : 0;
  }

  private List<OwnerTable.Owner> named(List<String> names) {
    return names.isEmpty()
        ? List.of()
        : names.stream().flatMap(name -> owners.find(name).stream()).toList();
  }

  private static Eligible eligible(List<String> names, int tierMask, List<OwnerTable.Owner> named) {
    if (!names.isEmpty()) {
      return Eligible.of(tierMask, named.stream().mapToInt(owner -> owner.slot).toArray());
    }
    return tierMask == Tier.ALL_MASK ? Eligible.ALL : Eligible.inTiers(tierMask);
  }

  /// Answers a score.
  Reply score(Op.Score op, Inquiry by) {
    return ask(by, moment -> score(op, by, moment));
  }

  private Reply score(Op.Score op, Inquiry by, Moment moment) {
    var named = named(op.owners());
    var place = cursors.place(op.from(), moment.epoch.number());
    if (place.isEmpty()) {
      return staleCursor(by);
    }
    var answer = by.score();
    var eligible = eligible(op.owners(), op.tierMask(), named);
    var outcome =
        moment
            .epoch
            .index()
            .score(
                place.get(),
                op.hashes(),
                owners.slots(),
                eligible,
                op.limit(),
                by.budget(),
                answer);
    if (outcome == Outcome.PLACE_GONE) {
      return staleCursor(by);
    }
    if (outcome == Outcome.ANSWERED) {
      long each = 2L * Inquiry.RECORD_BYTES + (op.names() ? NAME_BYTES : 0);
      outcome = by.take(REPLY_BYTES + answer.count() * each);
    }
    if (outcome != Outcome.ANSWERED) {
      return unanswered(by, outcome);
    }
    if (owners.version() != 0) {
      answer.renumber(owners::number);
    }
    var found = answer.scores();
    int flags =
        flag(Reply.PARTIAL, moment.isPartial(found))
            | flag(Reply.SHORT, moment.isShort(op.owners(), op.tierMask(), named))
            | flag(Reply.TRUNCATED, answer.truncated());
    scores.increment();
    var cursor = cursors.cursor(answer.place(), moment.epoch.number());
    return new Reply.Scored(
        answer.known(), flags, cursor, found, op.names(), op.names() ? names(found) : List.of());
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
    if (outcome == Outcome.ANSWERED) {
      long hashes = (long) answer.hashes().length() * answer.hashes().hashBytes();
      outcome = by.take(REPLY_BYTES + hashes + (long) answer.count() * Inquiry.RECORD_BYTES);
    }
    if (outcome != Outcome.ANSWERED) {
      return unanswered(by, outcome);
    }
    if (owners.version() != 0) {
      answer.renumber(owners::number);
    }
    var holders = answer.holders();
    int flags =
        end(answer.end())
            | flag(Reply.PARTIAL, moment.isPartial(holders))
            | flag(Reply.SHORT, moment.mayBePartial());
    return new Reply.Ran(answer.hashes(), flags, holders);
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
      if (outcome == Outcome.ANSWERED) {
        outcome = by.take(LOCATED_BYTES + (long) answer.count() * Inquiry.RECORD_BYTES);
      }
      if (outcome == Outcome.OVER_BUDGET) {
        return by.end(
            outcome,
            ErrorCode.LIMIT,
            "%d of %d hashes have as many holders as fit into a reply (expected: so many at a time)"
                .formatted(i, op.hashes().length()));
      }
      if (outcome != Outcome.ANSWERED) {
        return unanswered(by, outcome);
      }
      if (owners.version() != 0) {
        answer.renumber(owners::number);
      }
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
  void addStats(Map<String, Value> row) {
    row.put("matches", Value.of(matches.sum()));
    row.put("asked-blocks", Value.of(askedBlocks.sum()));
    row.put("matched-blocks", Value.of(matchedBlocks.sum()));
    row.put("scores", Value.of(scores.sum()));
    row.put("stale-cursors", Value.of(staleCursors.sum()));
  }

  private Reply staleCursor(Inquiry by) {
    staleCursors.increment();
    return by.end(
        Outcome.PLACE_GONE,
        ErrorCode.STALECURSOR,
        "the place is gone (expected: the whole chain, without FROM)");
  }
}
