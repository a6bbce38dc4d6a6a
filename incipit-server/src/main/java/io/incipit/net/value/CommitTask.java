// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.net.task.ChangeTask;
import io.incipit.net.task.Progress;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Blocks.Committed;
import io.incipit.store.Patience;
import io.incipit.store.Store;
import io.incipit.store.block.StagedPuts;

/// Ends a put: by letting everybody see its blocks, or by giving it up.
final class CommitTask extends ChangeTask {
  private static final Committed NOTHING = new Committed(0, 0, 0, "");

  private final StagedPuts.Name put;
  private final boolean aborts;
  private Committed committed = NOTHING;
  private int dropped;

  private CommitTask(Store store, StagedPuts.Name put, boolean aborts, Runnable wake) {
    super(store, wake);
    this.put = put;
    this.aborts = aborts;
  }

  static CommitTask commit(Store store, StagedPuts.Name put, Runnable wake) {
    return new CommitTask(store, put, false, wake);
  }

  static CommitTask abort(Store store, StagedPuts.Name put, Runnable wake) {
    return new CommitTask(store, put, true, wake);
  }

  @Override
  protected boolean change(Patience patience) {
    if (patience == Patience.NONE && !store.blocks().isSmall(put)) {
      return false;
    }
    if (aborts) {
      dropped = store.blocks().abort(put);
    } else {
      committed = store.blocks().commit(put);
    }
    return true;
  }

  @Override
  protected Progress answer(RespBuffer out) {
    if (aborts) {
      out.integer(dropped);
    } else if (!committed.refusal().isEmpty()) {
      out.error(committed.refusal());
    } else {
      out.array(3).integer(committed.made());
      out.integer(committed.had()).integer(committed.declined());
    }
    return Progress.DONE;
  }
}
