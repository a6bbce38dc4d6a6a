// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.block.BlockChain;
import io.incipit.net.task.LongChangeTask;
import io.incipit.net.task.Progress;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.BlockPins;
import io.incipit.store.Store;
import java.util.function.Function;

/// Pins blocks, or ends pins.
final class PinTask extends LongChangeTask {
  private final Function<BlockPins, BlockPins.Done> what;
  private BlockPins.Done done = new BlockPins.Done(0, "");

  private PinTask(Store store, Function<BlockPins, BlockPins.Done> what, Runnable wake) {
    super(store, wake);
    this.what = what;
  }

  /// @param forNs how long the leading blocks of the chain are to stay
  static PinTask pin(
      Store store, String namespace, BlockChain chain, boolean hard, long forNs, Runnable wake) {
    return new PinTask(store, pins -> pins.pin(namespace, chain, hard, forNs), wake);
  }

  static PinTask unpin(Store store, String namespace, BlockChain chain, Runnable wake) {
    return new PinTask(store, pins -> pins.unpin(namespace, chain), wake);
  }

  @Override
  protected void change() {
    done = what.apply(store.blocks().pins());
  }

  @Override
  protected Progress answer(RespBuffer out) {
    if (done.refusal().isEmpty()) {
      out.integer(done.blocks());
    } else {
      out.error(done.refusal());
    }
    return Progress.DONE;
  }
}
