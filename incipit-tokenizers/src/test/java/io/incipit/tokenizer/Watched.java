// SPDX-License-Identifier: Apache-2.0
package io.incipit.tokenizer;

import io.incipit.trace.token.Tokenizers;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;

/// A process that counts tokens, and prints what wanted to connect meanwhile. Nothing gets out.
final class Watched {
  private Watched() {}

  public static void main(String[] arguments) throws IOException {
    watch();
    var tokens = Tokenizers.named(arguments[0]).tokens("one two ".repeat(2_500));
    System.out.println("tokens: " + tokens.length);
    System.out.flush();
  }

  /// Every socket of `java.net` is made by this, and clients for HTTP ask for a proxy first.
  @SuppressWarnings("deprecation") // There is no other way to see sockets from inside.
  private static void watch() throws IOException {
    ProxySelector.setDefault(new Watch());
    Socket.setSocketImplFactory(
        () -> {
          System.out.println("asked: for a socket");
          throw new IllegalStateException("watched");
        });
  }

  private static final class Watch extends ProxySelector {
    @Override
    public List<Proxy> select(URI uri) {
      System.out.println("asked: " + uri);
      throw new IllegalStateException("watched");
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
      System.out.println("asked: " + uri);
    }
  }
}
