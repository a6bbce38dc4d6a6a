// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

/// An engine whose messages somebody hands over, from the first on and in their order, instead of a
/// socket; what it holds becomes an owner of the index. For one thread.
public final class EngineFeed {
  private final SourceOwner owner;
  private final EngineBlocks blocks;
  private final EngineStream stream;
  private final SourceCounts counts;

  EngineFeed(SourceOwner owner, EngineBlocks blocks, SourceCounts counts) {
    this.owner = owner;
    this.blocks = blocks;
    this.counts = counts;
    this.stream = new EngineStream(blocks, owner, EngineStream.Recovery.NONE, counts);
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

  /// Events taken.
  public long events() {
    return counts.get(SourceCounts.Count.EVENTS);
  }

  /// Memory of what is known of the engine's blocks, in bytes.
  public long bytes() {
    return blocks.bytes();
  }

  /// Blocks that the engine holds.
  public int held() {
    return blocks.size();
  }
}
