// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.DiskStore.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What must be true of a store: for each key the versions that were put and removed, in order, and
/// of each whether it was said to be durable.
final class Versions {
  /// No value.
  static final long ABSENT = 0;

  /// A put or, with the version [#ABSENT], a removal.
  private static final class Step {
    final long number;
    final long version;
    boolean durable;
    boolean refused;

    Step(long number, long version) {
      this.number = number;
      this.version = version;
    }
  }

  /// What is known of a key.
  private static final class Known {
    final List<Step> steps = new ArrayList<>();

    /// What a look-up finds now.
    long now = ABSENT;

    /// Whether the value was said to be gone, so that it may be absent after a crash.
    boolean gone;

    Known() {
      settle(ABSENT);
    }

    void settle(long version) {
      steps.clear();
      steps.add(new Step(-1, version));
      steps.getFirst().durable = true;
      now = version;
      gone = false;
    }
  }

  private final List<Known> known = new ArrayList<>();
  private final Map<Long, Integer> lengths = new HashMap<>();

  Versions(int keys) {
    for (int key = 0; key < keys; key++) {
      known.add(new Known());
    }
  }

  /// A version is being put.
  void put(int key, long version, int length) {
    known.get(key).steps.add(new Step(version, version));
    lengths.put(version, length);
  }

  /// A key is being removed, by a call of this number.
  void remove(int key, long number) {
    known.get(key).steps.add(new Step(number, ABSENT));
    known.get(key).now = ABSENT;
  }

  /// A put or a removal has ended.
  void ended(int key, long number, Outcome outcome) {
    var one = known.get(key);
    for (var step : one.steps) {
      if (step.number == number && step.version != ABSENT) {
        put(one, step, outcome);
      } else if (step.number == number) {
        step.durable = outcome == Outcome.DURABLE || outcome == Outcome.NOTHING;
      }
    }
  }

  private static void put(Known one, Step step, Outcome outcome) {
    switch (outcome) {
      case DURABLE -> {
        step.durable = true;
        one.now = step.version;
        one.gone = false;
      }
      case SUPERSEDED -> step.durable = true;
      case FAILED -> {}
      default -> step.refused = true;
    }
  }

  /// The value was said to be gone.
  void gone(int key) {
    known.get(key).now = ABSENT;
    known.get(key).gone = true;
  }

  /// What must be found now.
  long now(int key) {
    return known.get(key).now;
  }

  int length(long version) {
    return lengths.getOrDefault(version, -1);
  }

  /// What a crash may leave.
  Set<Long> possible(int key) {
    var possible = new HashSet<Long>();
    for (var step : known.get(key).steps.reversed()) {
      if (!step.refused) {
        possible.add(step.version);
      }
      if (step.durable) {
        break;
      }
    }
    if (known.get(key).gone) {
      possible.add(ABSENT);
    }
    return possible;
  }

  /// What was found after a crash is durable, and what is so from here on.
  void settle(int key, long version) {
    known.get(key).settle(version);
  }
}
