// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import io.incipit.ingest.EngineMain;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// An engine that dies and begins again, as programs of their own, and all that it ever held. For
/// one thread.
final class EngineLives implements AutoCloseable {
  private static final String PROGRAM = "java";

  /// How many changes are the latest ones.
  private static final int RECENT = 100;

  private final Path folder;
  private final List<Life> lives = new ArrayList<>();
  private @Nullable Process process;
  private boolean stopped;

  /// What one life has held, as its lines say.
  private static final class Life {
    final Path log;
    final Path errors;

    /// By the way to a block: the number of the message from which on it is held no longer.
    final Map<String, Long> until = new HashMap<>();

    /// What is held, by the engine's names.
    final Map<Long, String> held = new HashMap<>();

    /// The ways to blocks that came or went, in that order.
    final List<String> changed = new ArrayList<>();

    /// Answers to orders.
    final StringBuilder answers = new StringBuilder();

    long next;
    long read;

    Life(Path log, Path errors) {
      this.log = log;
      this.errors = errors;
    }

    /// Reads what has come since; the last line may not have ended, or never end.
    void read() {
      byte[] bytes;
      try (var file = new RandomAccessFile(log.toFile(), "r")) {
        file.seek(read);
        bytes = new byte[(int) (file.length() - read)];
        file.readFully(bytes);
      } catch (IOException failure) {
        throw new AssertionError(failure);
      }
      int line = 0;
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] == '\n') {
          take(new String(bytes, line, i - line, StandardCharsets.US_ASCII));
          line = i + 1;
        }
      }
      read += line;
    }

    private void take(String line) {
      if (Character.isLetter(line.charAt(0))) {
        answers.append(line);
        return;
      }
      var words = line.split(" ", -1);
      long seq = Long.parseLong(words[0]);
      next = seq + 1;
      for (int i = 1; i < words.length; i++) {
        int at = words[i].indexOf(':');
        var path = words[i].substring(at + 1);
        long hash = Long.parseLong(words[i].substring(1, at));
        changed.add(path);
        if (words[i].charAt(0) == '+') {
          held.put(hash, path);
          until.put(path, Long.MAX_VALUE);
        } else {
          held.remove(hash);
          until.put(path, seq);
        }
      }
    }
  }

  EngineLives(Path folder) {
    this.folder = folder;
  }

  /// Begins a life, and waits until it listens.
  void start(EngineMain.Settings settings) throws IOException, InterruptedException {
    var name = "engine-" + lives.size();
    var life = new Life(folder.resolve(name + ".log"), folder.resolve(name + ".errors"));
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", PROGRAM).toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-ea"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(EngineMain.class.getName());
    command.addAll(settings.arguments());
    process =
        new ProcessBuilder(command)
            .redirectOutput(life.log.toFile())
            .redirectError(life.errors.toFile())
            .start();
    lives.add(life);
    await("r");
  }

  private Life last() {
    return lives.getLast();
  }

  private Process process() {
    if (process == null) {
      throw new AssertionError("no engine");
    }
    return process;
  }

  private void await(String answers) throws IOException, InterruptedException {
    while (!last().answers.toString().endsWith(answers)) {
      if (!process().isAlive()) {
        throw new AssertionError("the engine has ended: " + Files.readString(last().errors));
      }
      Thread.sleep(5);
      last().read();
    }
  }

  /// Gives an order, and waits until it is done.
  void order(char order) throws IOException, InterruptedException {
    last().answers.setLength(0);
    process().getOutputStream().write(order);
    process().getOutputStream().flush();
    await(Character.toString(order));
  }

  /// Ends a life at once.
  void kill() throws InterruptedException {
    process().destroyForcibly();
    process().waitFor();
    stopped = false;
    last().read();
  }

  void stop() throws IOException, InterruptedException {
    signal(process(), "STOP");
    stopped = true;
  }

  void goOn() throws IOException, InterruptedException {
    signal(process(), "CONT");
    stopped = false;
  }

  boolean isStopped() {
    return stopped;
  }

  /// Sends a signal to a process.
  static void signal(Process to, String name) throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-" + name, Long.toString(to.pid())).start();
    if (!kill.waitFor(1, TimeUnit.MINUTES) || kill.exitValue() != 0) {
      throw new AssertionError("kill -" + name + " failed");
    }
  }

  /// Which life it is, from 0.
  int life() {
    return lives.size() - 1;
  }

  /// How many messages this life has sent.
  long next() {
    last().read();
    return last().next;
  }

  /// What it holds, by its names.
  Map<Long, String> held() {
    last().read();
    return last().held;
  }

  /// The ways to all blocks that were ever held.
  Set<String> ever() {
    var ever = new TreeSet<String>();
    lives.forEach(life -> ever.addAll(life.until.keySet()));
    return ever;
  }

  /// The way to a block that some life has held, most likely one that came or went lately.
  String any(SplittableRandom random) {
    last().read();
    boolean earlier = random.nextInt(4) == 0;
    var changed = lives.get(earlier ? random.nextInt(lives.size()) : life()).changed;
    int among = random.nextBoolean() ? Math.min(changed.size(), RECENT) : changed.size();
    return among == 0 ? "0" : changed.get(changed.size() - 1 - random.nextInt(among));
  }

  /// Whether a block was held at some time from a message of a life on.
  boolean wasHeld(String path, int life, long seq) {
    last().read();
    for (int i = life; i < lives.size(); i++) {
      if (lives.get(i).until.getOrDefault(path, -1L) >= (i == life ? seq : 0)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
