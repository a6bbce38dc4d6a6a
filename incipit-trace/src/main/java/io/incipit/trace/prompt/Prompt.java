// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.prompt;

import io.incipit.policy.Answer.Ending;
import java.util.Comparator;

/// A request whose blocks have the names that its format gives them. Ordered by time, those of one
/// moment as in the file.
final class Prompt implements Comparable<Prompt> {
  private static final Comparator<Prompt> ORDER =
      Comparator.comparingLong(Prompt::timeNs).thenComparingLong(prompt -> prompt.order);

  private final PromptFacts facts;
  private final long order;
  private final long root;
  private final long[] names;

  Prompt(PromptFacts facts, long order, long root, long[] names) {
    this.facts = facts;
    this.order = order;
    this.root = root;
    this.names = names;
  }

  long timeNs() {
    return facts.timeNs();
  }

  long session() {
    return facts.session();
  }

  int turn() {
    return facts.turn();
  }

  int inputTokens() {
    return facts.inputTokens();
  }

  int outputTokens() {
    return facts.outputTokens();
  }

  Ending ending() {
    return facts.ending();
  }

  /// What stands before the first block, see [PrefixIds].
  long root() {
    return root;
  }

  long[] names() {
    return names;
  }

  @Override
  public int compareTo(Prompt other) {
    return ORDER.compare(this, other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Prompt that && order == that.order && timeNs() == that.timeNs();
  }

  @Override
  public int hashCode() {
    return Long.hashCode(order);
  }
}
