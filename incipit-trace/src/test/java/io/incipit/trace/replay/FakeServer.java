// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.env.Connection;
import io.incipit.env.Network;
import io.incipit.index.IndexConfig;
import io.incipit.index.PrefixIndex;
import io.incipit.protocol.Command;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.OpDecoder;
import io.incipit.protocol.RefusedException;
import io.incipit.protocol.ReplyEncoder;
import io.incipit.protocol.Request;
import io.incipit.protocol.RequestParser;
import io.incipit.protocol.RespBuffer;
import io.incipit.stream.Projection;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// A server without sockets: the real codecs and the real index, one request after the other.
final class FakeServer implements Network {
  private final Map<String, Projection> namespaces = new TreeMap<>();
  private int answersLeft = Integer.MAX_VALUE;

  /// The namespaces that exist.
  synchronized Set<String> namespaces() {
    return Set.copyOf(namespaces.keySet());
  }

  /// The connection is lost instead of the answer after so many.
  synchronized void failAfter(int answers) {
    answersLeft = answers;
  }

  @Override
  public Connection connect(String host, int port, long timeoutNs) {
    return new Session();
  }

  private synchronized Reply execute(Op op) {
    return switch (op) {
      case Op.CreateNamespace(var namespace) -> {
        namespaces.put(
            namespace.name(),
            new Projection(namespace, () -> PrefixIndex.create(IndexConfig.DEFAULT), 0, 0));
        yield new Reply.Done();
      }
      case Op.DropNamespace(var name) -> {
        namespaces.remove(name);
        yield new Reply.Done();
      }
      case Op.Publish publish -> {
        var projection = namespaces.get(publish.namespace());
        var reply = projection.publish(publish);
        while (projection.sweep()) {
          Thread.onSpinWait();
        }
        yield reply;
      }
      case Op.Match match -> namespaces.get(match.namespace()).match(match);
      case Op.Stats(var name) -> new Reply.Row(namespaces.get(name.orElseThrow()).row());
      default -> new Reply.Refused(ErrorCode.SYNTAX, "not here");
    };
  }

  private synchronized int hashBytes(String namespace) {
    var found = namespaces.get(namespace);
    return found == null ? 0 : found.namespace().hashBytes();
  }

  private synchronized boolean answersOne() {
    answersLeft--;
    return answersLeft >= 0;
  }

  private final class Session implements Connection {
    private final BlockingQueue<Optional<byte[]>> replies = new LinkedBlockingQueue<>();
    private final RequestParser parser = new RequestParser();
    private final Request request = new Request();
    private final OpDecoder decoder = new OpDecoder(FakeServer.this::hashBytes);
    private byte[] unparsed = new byte[0];
    private byte[] rest = new byte[0];

    @Override
    public boolean isLocal() {
      return false;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (rest.length == 0) {
        try {
          var next = replies.take();
          if (next.isEmpty()) {
            return -1;
          }
          rest = next.get();
        } catch (InterruptedException interrupted) {
          throw new IOException(interrupted);
        }
      }
      int read = Math.min(length, rest.length);
      System.arraycopy(rest, 0, target, offset, read);
      rest = Arrays.copyOfRange(rest, read, rest.length);
      return read;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      int kept = unparsed.length;
      unparsed = Arrays.copyOf(unparsed, kept + length);
      System.arraycopy(source, offset, unparsed, kept, length);
      try {
        int start = 0;
        int next = parser.parse(unparsed, start, unparsed.length, request);
        while (next != RequestParser.INCOMPLETE) {
          answer();
          start = next;
          next = parser.parse(unparsed, start, unparsed.length, request);
        }
        unparsed = Arrays.copyOfRange(unparsed, start, unparsed.length);
      } catch (MalformedException malformed) {
        throw new IOException(malformed);
      }
    }

    private void answer() {
      if (!answersOne()) {
        close();
        return;
      }
      var out = new RespBuffer();
      try {
        var command = Command.find(request.text(0)).orElseThrow();
        ReplyEncoder.encode(execute(decoder.decode(command, request)), false, out);
      } catch (RefusedException refused) {
        ReplyEncoder.encode(new Reply.Refused(refused.code(), refused.detail()), false, out);
      }
      replies.add(Optional.of(out.toBytes()));
    }

    @Override
    public void close() {
      replies.add(Optional.empty());
    }
  }
}
