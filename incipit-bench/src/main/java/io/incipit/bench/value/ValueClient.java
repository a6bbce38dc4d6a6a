// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import static io.incipit.bench.load.RespClient.word;

import io.incipit.bench.load.RespClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Values over RESP and one blocking connection, the same for every server. What goes out is
/// written where it lies, but for its beginning and its end, which go with the words around it:
/// no server is woken for a header alone.
final class ValueClient implements KeyValue {
  private static final int BEGINNING = 64 << 10;
  private static final int END = 16 << 10;

  private final RespClient resp;
  private final ByteBuffer out = ByteBuffer.allocate(BEGINNING + END);

  ValueClient(int port) throws IOException {
    this.resp = new RespClient(port);
  }

  @Override
  public int read(byte[] key, byte[] into) throws IOException {
    var request = RespClient.encode(word("GET"), key);
    resp.send(request, request.length);
    return resp.value(into);
  }

  @Override
  public boolean put(byte[] key, byte[] source, int from, int length) throws IOException {
    int beginning = Math.min(length, BEGINNING);
    int end = Math.min(length - beginning, END);
    out.clear();
    out.put("*3\r\n$3\r\nSET\r\n$%d\r\n".formatted(key.length).getBytes(StandardCharsets.US_ASCII));
    out.put(key);
    out.put("\r\n$%d\r\n".formatted(length).getBytes(StandardCharsets.US_ASCII));
    out.put(source, from, beginning);
    if (end > 0) {
      send();
      resp.send(source, from + beginning, length - beginning - end);
      out.put(source, from + length - end, end);
    }
    out.put((byte) '\r').put((byte) '\n');
    send();
    return resp.reply() == 1;
  }

  private void send() throws IOException {
    resp.send(out.array(), out.position());
    out.clear();
  }

  @Override
  public void drop(byte[] key) throws IOException {
    var _ = resp.call(word("DEL"), key);
  }

  @Override
  public void close() {
    resp.close();
  }
}
