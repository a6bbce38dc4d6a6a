// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.ErrorCode;
import io.incipit.block.Reply;
import io.incipit.index.MatchAnswer;
import io.incipit.index.Outcome;
import io.incipit.index.QuestionBudget;
import io.incipit.index.RunAnswer;
import io.incipit.index.ScoreAnswer;
import java.util.function.Supplier;

/// What one thread asks with: how much a question may cost, and how the last one ended. The answers
/// of the index are used again, so that a question allocates little but its reply. Not for several
/// threads at once.
public final class Inquiry {
  /// Where the memory of replies comes from.
  public interface Memory {
    /// Memory without end.
    Memory ENDLESS =
        new Memory() {
          @Override
          public boolean take(long bytes) {
            return true;
          }

          @Override
          public void give(long bytes) {}
        };

    /// Takes bytes, if there are so many.
    boolean take(long bytes);

    /// Gives back what [#take] has given.
    void give(long bytes);
  }

  /// Memory of one record of a reply, in bytes.
  public static final int RECORD_BYTES = 16;

  private final Memory memory;
  private final long bytesMax;
  private final QuestionBudget budget = new QuestionBudget();
  private final MatchAnswer match = new MatchAnswer();
  private final ScoreAnswer score = new ScoreAnswer();
  private final RunAnswer run = new RunAnswer();
  private Outcome outcome = Outcome.ANSWERED;
  private long unitsMax;
  private long earlierUnits;
  private long taken;

  /// Means of one thread.
  ///
  /// @param memory from which replies take theirs before they are built
  /// @param bytesMax the most memory of one reply
  public Inquiry(Memory memory, long bytesMax) {
    this.memory = memory;
    this.bytesMax = bytesMax;
  }

  /// Means without bounds but those of a reply.
  public static Inquiry unbounded() {
    return new Inquiry(Memory.ENDLESS, Long.MAX_VALUE).grant(Long.MAX_VALUE);
  }

  /// Begins a question that may cost so many units of the index's work.
  public Inquiry grant(long unitsMax) {
    long records = Math.min(QuestionBudget.RECORDS_MAX, bytesMax / RECORD_BYTES);
    budget.grant(unitsMax, (int) records);
    this.unitsMax = unitsMax;
    earlierUnits = 0;
    taken = 0;
    outcome = Outcome.ANSWERED;
    return this;
  }

  /// How the last question ended. If it was not answered, its reply is a refusal, which stands if
  /// nobody asks again with more.
  public Outcome outcome() {
    return outcome;
  }

  /// Units that the last question took.
  public long units() {
    return earlierUnits + budget.units();
  }

  /// Bytes that the last question took from the memory of replies and its asker has to give back
  /// when the reply is gone.
  public long takenBytes() {
    return taken;
  }

  QuestionBudget budget() {
    return budget;
  }

  MatchAnswer match() {
    return match;
  }

  ScoreAnswer score() {
    return score;
  }

  RunAnswer run() {
    return run;
  }

  /// Begins the question again from its start.
  void again() {
    earlierUnits += budget.units();
    budget.renew();
    outcome = Outcome.ANSWERED;
    drop();
  }

  private void drop() {
    memory.give(taken);
    taken = 0;
  }

  /// Takes the memory of a part of the reply, before it is built.
  ///
  /// @return [Outcome#ANSWERED] if it is there; [Outcome#OVER_BUDGET] if the reply would be too
  ///     large, [Outcome#BUSY] if there is not so much left now
  Outcome take(long bytes) {
    if (taken + bytes > bytesMax) {
      return Outcome.OVER_BUDGET;
    }
    if (!memory.take(bytes)) {
      return Outcome.BUSY;
    }
    taken += bytes;
    return Outcome.ANSWERED;
  }

  /// Takes the work and the memory of rows, before they are built.
  private Outcome takeRows(int rows, int bytesEach) {
    if (rows > unitsMax - units()) {
      return Outcome.OVER_BUDGET;
    }
    earlierUnits += rows;
    return take((long) rows * bytesEach);
  }

  /// Makes a list if it costs no more than this question may.
  ///
  /// @param rows how long it is at most; each costs a unit
  public Reply rows(int rows, int bytesEach, Supplier<Reply> list) {
    var taken = takeRows(rows, bytesEach);
    return switch (taken) {
      case ANSWERED -> list.get();
      case BUSY -> busy();
      case OVER_BUDGET, PLACE_GONE -> tooMuch();
    };
  }

  /// Ends the question without an answer.
  Reply end(Outcome outcome, ErrorCode code, String detail) {
    drop();
    this.outcome = outcome;
    return new Reply.Refused(code, detail);
  }

  Reply busy() {
    return end(
        Outcome.BUSY,
        ErrorCode.BUSY,
        "what this reads is being changed, or too much is answered now; send it again");
  }

  Reply tooMuch() {
    return end(
        Outcome.OVER_BUDGET,
        ErrorCode.LIMIT,
        "work or records of a reply: more than there may be (expected: a shorter chain, or OWNER,"
            + " TIER or LIMIT)");
  }
}
