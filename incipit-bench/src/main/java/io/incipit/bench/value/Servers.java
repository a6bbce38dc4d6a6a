// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.value;

import static io.incipit.bench.load.RespClient.word;

import io.incipit.bench.report.Samples;
import io.incipit.bench.target.ServerProcess;
import io.incipit.bench.target.Valkey;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The servers that are compared, ours first, and their clients. What is not there is left out, and
/// said.
final class Servers implements Closeable {
  /// The largest heap of ours, and its memory for values.
  static final int HEAP_MIB = 1_024;

  static final int POOL_MIB = 2_048;

  private static final String POOL = "store.host-limit=" + POOL_MIB + "MiB";
  private static final int[] VALKEY_THREADS = {1, 2};

  private final List<Running> running = new ArrayList<>();
  private final List<ValueClient> clients = new ArrayList<>();

  /// @param isOurs whether its memory is looked at
  private record Running(String system, ServerProcess process, boolean isOurs) {}

  /// Starts all that are there.
  ///
  /// @param skipped is told what is not
  Servers(Consumer<String> skipped) throws IOException, InterruptedException {
    try {
      addOurs(Samples.OURS, "60s");
      addOurs(Samples.OURS + Transfers.CHECKED, "0");
      addFloor(Transfers.FLOOR, "plain");
      addFloor(Transfers.FLOOR + Transfers.CHECKED, "checked");
      addRedis(skipped);
      addValkey(skipped);
    } catch (IOException | InterruptedException failure) {
      close();
      throw failure;
    }
  }

  private void addOurs(String system, String verifyAge) throws IOException {
    var age = "store.verify-age=" + verifyAge;
    var process = ServerProcess.incipit(HEAP_MIB, List.of("--set", POOL, "--set", age));
    running.add(new Running(system, process, true));
  }

  private void addFloor(String system, String checks) throws IOException {
    var flags = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=2g");
    var process = ServerProcess.java(FloorServer.class, flags, List.of(checks));
    running.add(new Running(system, process, false));
  }

  private void addRedis(Consumer<String> skipped) {
    try {
      running.add(new Running("redis", ServerProcess.redis(), false));
    } catch (IOException absent) {
      skipped.accept("skipped: redis: " + absent.getMessage());
    }
  }

  private void addValkey(Consumer<String> skipped) throws InterruptedException {
    try {
      var program = Valkey.install();
      for (int threads : VALKEY_THREADS) {
        running.add(new Running("valkey-" + threads, Valkey.start(program, threads), false));
      }
    } catch (IOException absent) {
      skipped.accept("skipped: valkey: " + absent.getMessage());
    }
  }

  /// A new client of each server.
  ///
  /// @param longest value in bytes
  List<Server> connect(ValueBytes values, int longest) throws IOException {
    var servers = new ArrayList<Server>();
    for (var one : running) {
      var client = new ValueClient(one.process().port());
      clients.add(client);
      // Ours lets go of who connects and then says nothing for seconds, as while others are filled.
      client.drop(word("bench:none"));
      servers.add(new Server(one.system(), client, one.process()::cpuNs, values, longest));
    }
    return servers;
  }

  /// Memory that the larger one of ours has in use, in MiB.
  double residentMib() {
    return running.stream()
        .filter(Running::isOurs)
        .mapToDouble(one -> one.process().residentKib() / 1024.0)
        .max()
        .orElse(0);
  }

  @Override
  public void close() {
    clients.forEach(ValueClient::close);
    running.forEach(one -> one.process().close());
  }
}
