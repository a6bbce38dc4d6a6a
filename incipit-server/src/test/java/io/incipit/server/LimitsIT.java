// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static io.incipit.server.Frames.ascii;
import static io.incipit.server.Frames.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No request of any shape, and no client, ends a process of 256 MiB, or what it does for others.
final class LimitsIT {
  private static final String HEAP = "256m";
  private static final int IN_FLIGHT = 128;
  private static final byte[] PING = request("PING");

  @TempDir private Path directory;
  private SmallServer server;
  private String said = "";

  @BeforeEach
  void start() throws IOException, InterruptedException {
    server =
        SmallServer.start(directory.resolve("server.log"), HEAP, "net.handshake-timeout=10min");
    try (var filler = new Frames(server.port())) {
      pipeline(filler, WorstShapes.fill());
    }
  }

  /// The process lives, answers somebody else, has seen no memory run out and nothing fail.
  @AfterEach
  void isWell() throws IOException {
    System.out.println(server.log());
    try (var ended = server;
        var other = new Frames(server.port())) {
      assertThat(other.ask(PING).first()).isEqualTo("+PONG");
      assertThat(ended.isAlive()).isTrue();
      assertThat(ended.log()).doesNotContain("OutOfMemoryError", "ERROR", "Exception");
    }
  }

  /// Sends requests, some of them in flight at a time, and reads all replies. None may be a bug.
  private static List<Frames.Summary> pipeline(Frames frames, List<byte[]> requests)
      throws IOException {
    var replies = new ArrayList<Frames.Summary>();
    for (int i = 0; i < requests.size() + IN_FLIGHT; i++) {
      if (i >= IN_FLIGHT && i - IN_FLIGHT < requests.size()) {
        var reply = frames.reply();
        assertThat(reply.first()).doesNotStartWith("-INTERNAL");
        replies.add(reply);
      }
      if (i < requests.size()) {
        frames.send(requests.get(i));
      }
    }
    return replies;
  }

  @Test
  void everyCommand_atItsWorst_isAnswered() throws IOException {
    for (var command : Command.values()) {
      try (var frames = new Frames(server.port())) {
        for (var shape : WorstShapes.of(command)) {
          var reply = frames.ask(shape);
          assertThat(reply.first()).as("%s", command).doesNotStartWith("-INTERNAL");
          say(command, shape, reply);
        }
      }
      assertThat(server.isAlive()).as("the process lives after %s", command).isTrue();
    }
  }

  /// Prints what a request cost; of the same that follow each other, the first.
  private void say(Command command, byte[] shape, Frames.Summary reply) {
    var line =
        "%-9s %,9d bytes -> %,11d bytes %.60s"
            .formatted(command, shape.length, reply.bytes(), reply.first());
    if (!line.equals(said)) {
      System.out.println(line);
    }
    said = line;
  }

  /// Fifty connections that each ask for the largest replies, sixteen times, and read none.
  @Test
  void neverReading_fiftyClients_costNobodyElse() throws IOException, InterruptedException {
    var shapes = new ArrayList<byte[]>();
    for (var command : List.of(Command.MATCH, Command.SCORE, Command.LOCATE, Command.OWNERS)) {
      shapes.addAll(WorstShapes.of(command));
    }
    var deaf = new ArrayList<Frames>();
    var senders = new ArrayList<Thread>();
    for (int i = 0; i < 50; i++) {
      var frames = new Frames(server.port());
      deaf.add(frames);
      int first = i;
      senders.add(Thread.ofVirtual().start(() -> sendAll(frames, shapes, first, 16)));
    }
    pingBeside(200);
    for (var frames : deaf) {
      frames.close();
    }
    for (var sender : senders) {
      sender.join();
    }
  }

  private static void sendAll(Frames frames, List<byte[]> shapes, int first, int times) {
    try {
      for (int i = 0; i < times; i++) {
        frames.send(shapes.get((first + i) % shapes.size()));
      }
    } catch (IOException cut) {
      // The server does not take more, or has had enough of it: both are right.
    }
  }

  /// Twenty-five frames of 8 MiB of which the last byte does not come.
  @Test
  void unfinished_frames_costTheirConnectionsOnly() throws IOException, InterruptedException {
    int bytes = Limits.FRAME_BYTES_MAX - 100;
    var most = ascii("*2\r\n$4\r\nECHO\r\n$" + bytes + "\r\n" + "x".repeat(bytes - 1));
    var slow = new ArrayList<Frames>();
    var senders = new ArrayList<Thread>();
    for (int i = 0; i < 25; i++) {
      var frames = new Frames(server.port());
      slow.add(frames);
      senders.add(Thread.ofVirtual().start(() -> sendAll(frames, List.of(most), 0, 1)));
    }
    pingBeside(200);
    for (var frames : slow) {
      frames.close();
    }
    for (var sender : senders) {
      sender.join();
    }
  }

  private void pingBeside(int times) throws IOException {
    try (var good = new Frames(server.port())) {
      for (int i = 0; i < times; i++) {
        assertThat(good.ask(PING).first()).isEqualTo("+PONG");
      }
    }
  }
}
