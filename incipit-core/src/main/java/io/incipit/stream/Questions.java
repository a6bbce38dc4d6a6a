// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.ErrorCode;
import io.incipit.block.Holders;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import io.incipit.index.Eligible;
import io.incipit.index.MatchAnswer;
import io.incipit.index.Outcome;
import io.incipit.index.PrefixIndex;
import io.incipit.index.QuestionBudget;
import io.incipit.index.RunAnswer;
import io.incipit.index.ScoreAnswer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Answers questions about one namespace: asks its index, and says which owners an answer rests on.
/// Thread-safe; never blocks.
final class Questions {
  private static final ThreadLocal<MatchAnswer> MATCH = ThreadLocal.withInitial(MatchAnswer::new);
  private static final ThreadLocal<ScoreAnswer> SCORE = ThreadLocal.withInitial(ScoreAnswer::new);
  private static final ThreadLocal<RunAnswer> RUN = ThreadLocal.withInitial(RunAnswer::new);

  private final Namespace namespace;
  private final PrefixIndex index;
  private final OwnerTable owners;
  private final CursorCodec cursors;
  private final LongAdder matches = new LongAdder();
  private final LongAdder matchedBlocks = new LongAdder();
  private final LongAdder askedBlocks = new LongAdder();
  private final LongAdder scores = new LongAdder();
  private final LongAdder staleCursors = new LongAdder();

  Questions(Namespace namespace, PrefixIndex index, OwnerTable owners, CursorCodec cursors) {
    this.namespace = namespace;
    this.index = index;
    this.owners = owners;
    this.cursors = cursors;
  }

  /// Answers a match.
  Reply match(Op.Match op) {
    var named = named(op.owners());
    boolean partial = isPartial(op, named);
    var answer = MATCH.get();
    var place = cursors.place(op.from());
    if (place.isEmpty()
        || index.match(
                place.get(), op.hashes(), eligible(op, named), op.limit(), unlimited(), answer)
            != Outcome.ANSWERED) {
      return staleCursor();
    }
    matches.increment();
    askedBlocks.add((long) place.get().depth() + op.hashes().length());
    matchedBlocks.add(answer.blocks());
    return new Reply.Matched(
        answer.blocks(),
        (long) answer.blocks() * namespace.blockTokens(),
        flags(partial || isPartial(op, named), answer.truncated()),
        cursors.cursor(answer.place()),
        answer.holders());
  }

  private static QuestionBudget unlimited() {
    return QuestionBudget.unlimited();
  }

  private List<OwnerTable.Owner> named(List<String> names) {
    return names.isEmpty()
        ? List.of()
        : names.stream().flatMap(name -> owners.find(name).stream()).toList();
  }

  private static Eligible eligible(Op.Match op, List<OwnerTable.Owner> named) {
    if (!op.owners().isEmpty()) {
      return Eligible.of(op.tierMask(), named.stream().mapToInt(owner -> owner.number).toArray());
    }
    return op.tierMask() == Tier.ALL_MASK ? Eligible.ALL : Eligible.inTiers(op.tierMask());
  }

  /// Whether an owner that may count in a match is partial. Asked before and after, since an owner
  /// may begin or end to re-base meanwhile.
  private boolean isPartial(Op.Match op, List<OwnerTable.Owner> named) {
    return op.tierMask() != 0
        && (op.owners().isEmpty()
            ? owners.anyPartial()
            : named.stream().anyMatch(owner -> owner.partial));
  }

  private static int flags(boolean partial, boolean truncated) {
    return (partial ? Reply.PARTIAL : 0) | (truncated ? Reply.TRUNCATED : 0);
  }

  /// Answers a score.
  Reply score(Op.Score op) {
    boolean partial = owners.anyPartial();
    var answer = SCORE.get();
    var place = cursors.place(op.from());
    if (place.isEmpty()
        || index.score(
                place.get(),
                op.hashes(),
                owners.numbers(),
                Eligible.ALL,
                op.limit(),
                unlimited(),
                answer)
            != Outcome.ANSWERED) {
      return staleCursor();
    }
    scores.increment();
    int flags = flags(partial || owners.anyPartial(), answer.truncated());
    return new Reply.Scored(answer.known(), flags, cursors.cursor(answer.place()), answer.scores());
  }

  /// Answers a range read.
  Reply run(Op.Run op) {
    boolean partial = owners.anyPartial();
    var answer = RUN.get();
    index.run(op.hash(), 0, op.count(), unlimited(), answer);
    int flags = flags(partial || owners.anyPartial(), false);
    return new Reply.Ran(answer.hashes(), flags, answer.holders());
  }

  /// Answers random gets.
  Reply locate(Op.Locate op) {
    var answer = MATCH.get();
    var found = new ArrayList<Holders>(op.hashes().length());
    for (int i = 0; i < op.hashes().length(); i++) {
      index.locate(op.hashes(), i, unlimited(), answer);
      found.add(answer.holders());
    }
    return new Reply.Located(found);
  }

  /// Lists owners, by number.
  Reply owners(Op.Owners op) {
    var rows = new ArrayList<Map<String, Value>>();
    if (op.owner().isPresent()) {
      owners.find(op.owner().get()).ifPresent(owner -> rows.add(row(owner)));
    } else {
      owners.from(op.from()).stream()
          .limit(Math.max(0, op.limit()))
          .map(Questions::row)
          .forEach(rows::add);
    }
    return new Reply.Rows(rows);
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

  private Reply staleCursor() {
    staleCursors.increment();
    return new Reply.Refused(
        ErrorCode.STALECURSOR, "the place is gone (expected: the whole chain, without FROM)");
  }
}
