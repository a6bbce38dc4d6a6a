// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.Holders;
import io.incipit.block.Scores;
import java.util.List;

/// The moment at which a question began: what must be the same after its answer, and which owners
/// were partial at any time since. For one thread.
final class Moment {
  private final Epochs epochs;
  private final OwnerTable owners;
  private final OwnerFault fault;
  final Epochs.Epoch epoch;
  private final int version;
  private final int recoveries;

  Moment(Epochs epochs, OwnerTable owners, OwnerFault fault) {
    this.epochs = epochs;
    this.owners = owners;
    this.fault = fault;
    this.epoch = epochs.current();
    this.version = owners.version();
    this.recoveries = owners.recoveries();
  }

  /// Whether the index was replaced, or a slot given to another owner.
  boolean isOver() {
    return epochs.current().number() != epoch.number()
        || (owners.version() != version && fault != OwnerFault.BELIEVE_OLD_SLOTS);
  }

  /// Whether an owner that is listed is partial, or was meanwhile.
  boolean isPartial(Holders holders) {
    boolean any = false;
    for (int i = 0; mayBePartial() && !any && i < holders.count(); i++) {
      any = owners.wasPartial(holders.owner(i), recoveries);
    }
    return any;
  }

  /// The same for scores.
  boolean isPartial(Scores scores) {
    boolean any = false;
    for (int i = 0; mayBePartial() && !any && i < scores.count(); i++) {
      any = owners.wasPartial(scores.owner(i), recoveries);
    }
    return any;
  }

  /// Whether some owner that may count is partial, or was meanwhile.
  boolean isShort(List<String> names, int tierMask, List<OwnerTable.Owner> named) {
    return tierMask != 0
        && (names.isEmpty()
            ? mayBePartial()
            : named.stream().anyMatch(owner -> owners.wasPartial(owner.number, recoveries)));
  }

  /// Whether any owner is partial, or was meanwhile.
  boolean mayBePartial() {
    return owners.anyPartial() || owners.recoveries() != recoveries;
  }
}
