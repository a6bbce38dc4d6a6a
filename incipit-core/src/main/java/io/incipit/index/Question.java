// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.index.table.RunTable;
import org.jspecify.annotations.Nullable;

/// What a question has to work with while it is answered: how far it may go, how it is going, and
/// its scratch. Kept with a [QuestionBudget] and used again for its next question.
final class Question {
  /// How often a question waits for what is open, or looks again at what has changed.
  static final int TURNS_MAX = 4_096;

  private final QuestionBudget budget;
  private Outcome outcome = Outcome.ANSWERED;
  private int turnsLeft = TURNS_MAX;
  private boolean repeated;

  final RunView view = new RunView();
  final Descent descent = new Descent(this);
  final RunHolders held = new RunHolders(this);
  private @Nullable ScoreCounter counter;

  Question(QuestionBudget budget) {
    this.budget = budget;
  }

  /// For the writer, which nothing keeps from what it reads.
  static Question ofWriter() {
    return QuestionBudget.unlimited().question();
  }

  /// Scratch of a score. Made for the first one: a writer needs none, and a namespace has several
  /// questions.
  ScoreCounter counter() {
    if (counter == null) {
      counter = new ScoreCounter(this);
    }
    return counter;
  }

  /// Begins anew.
  void begin() {
    outcome = Outcome.ANSWERED;
    turnsLeft = TURNS_MAX;
    repeated = false;
  }

  Outcome outcome() {
    return outcome;
  }

  /// Whether the question has ended without an answer: nothing that it read since is to be
  /// believed.
  boolean hasFailed() {
    return outcome != Outcome.ANSWERED;
  }

  /// Ends the question without an answer, unless it has ended so before.
  ///
  /// @return false
  boolean fail(Outcome why) {
    outcome = hasFailed() ? outcome : why;
    return false;
  }

  /// Asks for units of work before they are done. Where work had to be done again, it is what came
  /// between that used the budget up, and not the question.
  ///
  /// @return false if the question has failed
  boolean charge(long units) {
    return budget.charge(units) || fail(repeated ? Outcome.BUSY : Outcome.OVER_BUDGET);
  }

  /// Waits a moment for what is being changed.
  ///
  /// @return false if the question has failed
  boolean spin() {
    if (--turnsLeft < 0) {
      return fail(Outcome.BUSY);
    }
    Thread.onSpinWait();
    return true;
  }

  /// Whether what changed while it was read may be read again; false if the question has failed.
  boolean again() {
    repeated = true;
    return !hasFailed() && spin();
  }

  /// Looks at a run, in [#view].
  ///
  /// @return false if the question has failed
  boolean look(RunTable runs, int run) {
    return charge(1) && view.look(runs, run, this);
  }

  /// Records that the answer may have.
  int recordsMax() {
    return budget.recordsLeft();
  }

  /// Ends the question, with `records` in its answer if there is one.
  Outcome end(int records) {
    if (!hasFailed()) {
      budget.addRecords(records);
    }
    return outcome;
  }
}
