// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/// How event loops wait for sockets.
public enum Transport {
  /// [#EPOLL] where this machine has it, else [#NIO].
  AUTO,
  /// Linux epoll, without the detour over the JDK.
  EPOLL,
  /// The JDK's selectors.
  NIO;

  /// This transport, or the one that `AUTO` stands for here.
  ///
  /// @throws IllegalStateException if this machine does not have it
  Transport resolve() {
    return switch (this) {
      case AUTO -> Epoll.isAvailable() ? EPOLL : NIO;
      case EPOLL -> {
        if (!Epoll.isAvailable()) {
          throw new IllegalStateException(
              "transport: epoll is not available here (expected: auto or nio)",
              Epoll.unavailabilityCause());
        }
        yield EPOLL;
      }
      case NIO -> NIO;
    };
  }

  /// Event loops of a resolved transport.
  EventLoopGroup eventLoops(int count) {
    var threads = new DefaultThreadFactory("net", true);
    var factory = this == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new MultiThreadIoEventLoopGroup(count, threads, factory);
  }

  /// What listens, in a resolved transport.
  Class<? extends ServerChannel> listener() {
    return this == EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }
}
