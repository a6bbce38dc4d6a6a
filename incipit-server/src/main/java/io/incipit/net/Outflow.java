// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.net.value.ValueOutput;
import io.incipit.protocol.RespBuffer;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/// The replies of one connection on their way to its client, and what they hold of the memory
/// that all share. For the connection's event loop.
///
/// `net.output-limit` bytes may wait for nothing; the rest is taken from the [MemoryBudget]. When
/// that has no more for this client, the flow is closed until the client has taken some: no more
/// of its requests are run.
final class Outflow implements ValueOutput {
  /// Bytes of replies after which they are handed to the socket, though more requests are there. A
  /// reply of at most that many always finds room.
  static final int CHUNK = 64 << 10;

  /// Bytes of values that may wait for one client, beside the one that is added last. Little would
  /// do, but for clients that send a lot before they read anything.
  private static final long KEPT_MAX = 256L << 20;

  private final ServerContext context;
  private final EventLoopContext loop;
  private final Channel channel;
  private final RespBuffer out;
  private final int freeBytes;

  /// Bytes handed to the socket's queue so far.
  private long writtenBytes;

  /// Bytes taken from the budget.
  private long chargedBytes;

  /// Bytes of values that wait: they lie in the store, and are kept there until they are sent.
  private long keptBytes;

  private boolean open = true;

  Outflow(ServerContext context, EventLoopContext loop, Channel channel) {
    this.context = context;
    this.loop = loop;
    this.channel = channel;
    this.out = loop.output();
    this.freeBytes = context.config().outputBytesMax();
  }

  /// Where replies are written before they are handed on: every connection's of this loop.
  RespBuffer out() {
    return out;
  }

  /// Whether more may be made for this client.
  @Override
  public boolean isOpen() {
    return open && keptBytes <= KEPT_MAX;
  }

  long writtenBytes() {
    return writtenBytes;
  }

  /// Bytes that wait for the client.
  long waitingBytes() {
    var buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  /// Whether the reply that starts at `mark` of the output may be kept. If so, it has its memory.
  boolean fits(int mark) {
    if (out.size() - mark <= CHUNK) {
      return true;
    }
    long need = need(out.size());
    if (need > 0 && !context.budget().takeForReplies(chargedBytes, need)) {
      return false;
    }
    chargedBytes += Math.max(0, need);
    return true;
  }

  /// Whether a reply of `bytes` would fit now.
  boolean admits(long bytes) {
    long need = need(bytes);
    return need <= 0 || context.budget().admits(chargedBytes, need);
  }

  /// Bytes to take from the budget if `bytes` more waited; negative if there are some to give back.
  private long need(long bytes) {
    return Math.max(0, waitingBytes() - keptBytes + bytes - freeBytes) - chargedBytes;
  }

  /// Hands replies on if there are many.
  @Override
  public void emitMany() {
    if (out.size() >= CHUNK) {
      emit();
    }
  }

  /// Hands the replies written so far to the socket's queue.
  void emit() {
    int size = out.size();
    if (size == 0) {
      return;
    }
    if (!channel.isOpen()) {
      // The buffer is every connection's: what this one leaves must not be the next one's reply.
      loop.clearOutput();
      return;
    }
    var bytes = channel.alloc().ioBuffer(size).writeBytes(out.array(), 0, size);
    loop.clearOutput();
    context.metrics().sent(size);
    writtenBytes += size;
    var _ = channel.write(bytes, channel.voidPromise());
    if (waitingBytes() - keptBytes > freeBytes) {
      channel.flush();
      recharge();
    } else if (chargedBytes > 0) {
      recharge();
    }
  }

  @Override
  public void send(ByteBuffer bytes, Runnable sent) {
    emit();
    int size = bytes.remaining();
    keptBytes += size;
    writtenBytes += size;
    context.metrics().sent(size);
    var _ =
        channel
            .write(Unpooled.wrappedBuffer(bytes))
            .addListener(
                _ -> {
                  keptBytes -= size;
                  sent.run();
                });
  }

  @Override
  public Future<?> after(long delayNs, Runnable task) {
    try {
      return channel.eventLoop().schedule(task, delayNs, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException stopped) {
      // The loop ends, and with it the connection.
      return CompletableFuture.completedFuture(Boolean.FALSE);
    }
  }

  /// Takes what waits beyond the free bytes from the budget, and gives back what waits no more.
  void recharge() {
    long need = need(0);
    if (need <= 0) {
      context.budget().changeForReplies(need);
      open |= chargedBytes + need == 0 || context.budget().admits(chargedBytes + need, 0);
    } else if (!context.budget().takeForReplies(chargedBytes, need)) {
      context.budget().changeForReplies(need);
      open = false;
    }
    chargedBytes += need;
  }

  /// Gives everything back.
  void release() {
    context.budget().changeForReplies(-chargedBytes);
    chargedBytes = 0;
  }
}
