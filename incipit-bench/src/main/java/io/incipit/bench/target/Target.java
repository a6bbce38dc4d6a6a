// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

/// A system under measurement: who holds which block. It is first given a chain, which it copies as
/// a server does that has just decoded a request, and then asked or told something about it; so
/// the copy alone can be measured, and subtracted. For one thread.
///
/// A system in another process is one more implementation: [#cpuNs] then is that process' time.
public interface Target {
  /// The word for it in result files.
  String name();

  /// Takes chain `i`, to answer about.
  void take(Chains chains, int i);

  /// Takes what an owner says that stores the blocks of chain `i` from `known` on, above which the
  /// target knows everything.
  void takeNew(Chains chains, int i, int known);

  /// Takes what an owner says that drops blocks `[from, to)` of chain `i`.
  void takeOld(Chains chains, int i, int from, int to);

  /// Whether it can answer a question.
  boolean answers(Question question);

  /// Answers about the chain taken.
  ///
  /// @return a number that is the same for every target that answers rightly
  long ask(Question question);

  /// Everything that the last answer said, condensed into a number that is the same for every
  /// target that answers rightly. Not timed.
  long digest(Question question);

  /// Stores what was taken, for an owner.
  void store(int owner);

  /// Drops what was taken, for an owner.
  void remove(int owner);

  /// CPU time used so far by whoever does the work.
  long cpuNs();
}
