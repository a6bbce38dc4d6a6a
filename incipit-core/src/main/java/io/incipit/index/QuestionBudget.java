// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

/// The work that questions may do: a counter of *units*, with a maximum, and one of the records of
/// their answers. A unit is a run crossed, a word of holders read, a record added, or a block
/// listed; each is charged before it is done and before memory grows for it.
///
/// One budget may go through several questions, whose work then adds up. It also keeps what a
/// question needs of scratch, so that each thread that asks has one, and uses it again by [#renew].
/// Not for several threads at once.
public final class QuestionBudget {
  /// The most records of one answer, whatever a budget grants.
  public static final int RECORDS_MAX = 1 << 20;

  private long unitsMax;
  private long units;
  private int recordsMax;
  private int records;
  private final Question question = new Question(this);

  /// A budget that grants nothing yet.
  public QuestionBudget() {}

  /// A budget of any number of units, and [#RECORDS_MAX] records.
  public static QuestionBudget unlimited() {
    return new QuestionBudget().grant(Long.MAX_VALUE, RECORDS_MAX);
  }

  /// Begins anew: nothing is used, so much may be.
  ///
  /// @param recordsMax at most [#RECORDS_MAX]; a larger one is taken for that
  public QuestionBudget grant(long unitsMax, int recordsMax) {
    this.unitsMax = unitsMax;
    this.recordsMax = Math.min(recordsMax, RECORDS_MAX);
    return renew();
  }

  /// Begins anew with what was granted last.
  public QuestionBudget renew() {
    units = 0;
    records = 0;
    return this;
  }

  /// Units used since [#renew]; at most what was granted.
  public long units() {
    return units;
  }

  /// Records of the answers since [#renew].
  public int records() {
    return records;
  }

  /// Records that answers may still have.
  public int recordsLeft() {
    return recordsMax - records;
  }

  /// Begins a question.
  Question question() {
    question.begin();
    return question;
  }

  /// Uses units, if so many are left.
  ///
  /// @return false if they are not; nothing is used then
  boolean charge(long more) {
    if (more > unitsMax - units) {
      return false;
    }
    units += more;
    return true;
  }

  /// Uses records, of which the caller has seen that so many are left.
  void addRecords(int more) {
    records += more;
  }
}
