// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

/// An engine whose messages somebody hands over, from the first on and in their order, instead of a
/// socket; what it holds becomes an owner of the index. For one thread.
public final class EngineFeed {
  private final SourceOwner owner;
  private final EngineBlocks blocks;
  private final EngineStream stream;

  EngineFeed(SourceOwner owner, EngineBlocks blocks, SourceCounts counts) {
    this.owner = owner;
    this.blocks = blocks;
    this.stream = new EngineStream(blocks, new Alone(), EngineStream.Recovery.NONE, counts);
  }

  /// What a stream does to the owner.
  private final class Alone implements EngineStream.Effects {
    @Override
    public void forget() throws InterruptedException {
      owner.forget();
    }

    @Override
    public void publish() throws InterruptedException {
      owner.publish();
    }

    @Override
    public void whole() throws InterruptedException {
      owner.whole();
    }

    @Override
    public boolean hasFailed() {
      return owner.hasFailed();
    }
  }

  /// Takes a message, and publishes what it changed once that is much.
  ///
  /// @param seq its number
  /// @param payload as the engine sends it; not to be changed from now on
  public void take(long seq, byte[] payload) throws InterruptedException {
    if (stream.next() < 0) {
      stream.connected();
    }
    stream.live(seq, payload);
  }

  /// Publishes all that has changed. Waits while the namespace's lane is full.
  public void flush() throws InterruptedException {
    owner.flush();
  }

  /// Blocks that the engine holds.
  public int held() {
    return blocks.size();
  }
}
