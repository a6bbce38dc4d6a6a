// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacingTest {
  private static final int KIB = 1 << 10;

  /// Stands for TLS and the socket below it: takes everything, and says later that it is out.
  private static final class Socket extends ChannelOutboundHandlerAdapter {
    private final ArrayDeque<ChannelPromise> promises = new ArrayDeque<>();
    private final ArrayDeque<Integer> sizes = new ArrayDeque<>();
    private long bytes;

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      var piece = (ByteBuf) message;
      sizes.add(piece.readableBytes());
      bytes += piece.readableBytes();
      piece.release();
      promises.add(promise);
    }

    long waiting() {
      return sizes.stream().mapToLong(Integer::longValue).sum();
    }

    void sendOne() {
      sizes.remove();
      promises.remove().setSuccess();
    }
  }

  private final Socket socket = new Socket();
  private final EmbeddedChannel channel = new EmbeddedChannel(socket);

  PacingTest() {
    channel.pipeline().addLast(new Pacing(channel));
  }

  @Test
  void write_moreThanTheWindow_waitsAsItIs_andCounts() {
    var value = Unpooled.wrappedBuffer(new byte[4_096 * KIB]);
    var sent = channel.writeAndFlush(value);

    assertThat(socket.waiting()).isEqualTo(256 * KIB);
    assertThat(channel.isWritable()).isFalse();
    assertThat(channel.unsafe().outboundBuffer().totalPendingWriteBytes())
        .isEqualTo(4_096 * KIB - 256 * KIB);

    long most = 0;
    while (!sent.isDone()) {
      socket.sendOne();
      channel.runPendingTasks();
      channel.runScheduledPendingTasks();
      most = Math.max(most, socket.waiting());
    }
    assertThat(most).isEqualTo(256 * KIB);
    assertThat(socket.bytes).isEqualTo(4_096 * KIB);
    assertThat(channel.isWritable()).isTrue();
    assertThat(value.refCnt()).isZero();
  }

  @Test
  void write_severalAndNothing_keepTheirPromisesInOrder() {
    var kept = new ArrayList<Integer>();
    for (int size : new int[] {1, 100 * KIB, 0, 7, 0}) {
      var _ =
          channel.write(Unpooled.wrappedBuffer(new byte[size])).addListener(_ -> kept.add(size));
    }
    channel.flush();
    assertThat(kept).isEmpty();
    while (!socket.promises.isEmpty()) {
      socket.sendOne();
    }
    assertThat(kept).isEqualTo(List.of(1, 100 * KIB, 0, 7, 0));

    var last = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    assertThat(last.isSuccess()).as("nothing is before it").isTrue();
  }

  @Test
  void close_failsWhatWaits_andWhatComesAfter() {
    var value = Unpooled.wrappedBuffer(new byte[4_096 * KIB]);
    var sent = channel.writeAndFlush(value);
    var _ = channel.close();
    while (!socket.promises.isEmpty()) {
      socket.sendOne();
    }
    assertThat(sent.isDone()).isTrue();
    assertThat(sent.isSuccess()).isFalse();
    assertThat(value.refCnt()).isZero();

    var late = Unpooled.wrappedBuffer(new byte[1]);
    assertThat(channel.writeAndFlush(late).isSuccess()).isFalse();
    assertThat(late.refCnt()).isZero();
  }
}
