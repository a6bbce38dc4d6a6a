// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.env.Disk;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A rival that runs as a child of this process and answers commands, a line each; see
/// `docs/evaluation.md`. It ends with us. For one thread.
final class RivalProcess implements Closeable {
  private static final long PATIENCE_SECONDS = 300;

  private final Rival rival;
  private final Process process;
  private final Thread atExit;
  private final Writer commands;
  private final BufferedReader answers;
  private final Path complaints;

  private RivalProcess(Rival rival, Process process, Path complaints) {
    this.rival = rival;
    this.process = process;
    this.complaints = complaints;
    this.commands =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.atExit = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /// Starts a rival.
  ///
  /// @param folder where it leaves what it complains about
  /// @param counting whether it is to count its memory, which may cost it time
  static RivalProcess start(Rival rival, Path folder, boolean counting) throws IOException {
    var complaints = folder.resolve(rival.name() + ".log");
    var command = new ArrayList<>(Pin.command());
    command.addAll(rival.command());
    var builder = new ProcessBuilder(command).redirectError(new File(complaints.toString()));
    builder.environment().putAll(rival.environment());
    if (counting) {
      builder.environment().put("RIVAL_COUNT", "1");
    }
    return new RivalProcess(rival, builder.start(), complaints);
  }

  /// Who it is.
  Rival rival() {
    return rival;
  }

  /// Says a command and takes the answer.
  ///
  /// @param expected the first word of the answer
  /// @return the others
  /// @throws RivalFailed if there is no such answer
  List<String> ask(String command, String expected) throws RivalFailed {
    var line = CompletableFuture.supplyAsync(() -> exchange(command));
    try {
      var answer = line.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      var words = List.of(answer.strip().split("\\s+", -1));
      if (!words.getFirst().equals(expected)) {
        throw new RivalFailed(rival.name() + ": " + (answer.isEmpty() ? lastComplaint() : answer));
      }
      return words.subList(1, words.size());
    } catch (TimeoutException late) {
      throw new RivalFailed(
          "%s: no answer to %s within %d s".formatted(rival.name(), command, PATIENCE_SECONDS));
    } catch (ExecutionException | InterruptedException ended) {
      throw new RivalFailed(rival.name() + ": ended: " + lastComplaint());
    }
  }

  private String exchange(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
      var answer = answers.readLine();
      return answer == null ? "" : answer;
    } catch (IOException ended) {
      return "";
    }
  }

  private String lastComplaint() {
    try {
      var text = Disk.system().readText(complaints).strip();
      return text.isEmpty() ? "it ended" : text.substring(text.lastIndexOf('\n') + 1);
    } catch (IOException unread) {
      return "it ended";
    }
  }

  /// Stops it and waits until it has ended.
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
