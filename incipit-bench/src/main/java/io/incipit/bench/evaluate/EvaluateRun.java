// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.target.CpuTime;
import io.incipit.env.Clock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// Replays a trace against systems, one after the other, cold and preloaded.
final class EvaluateRun {
  private static final int PER_BLOCK_REQUESTS = 1_000;
  private static final int WARM_UP = 300;
  private static final int ROUNDS_MAX = 12;

  /// CPU time of a server that is enough for a figure.
  private static final long SERVER_CPU_NS = 2_000_000_000;

  /// Time after which no further round begins.
  private static final long ROUNDS_NS = 3_000_000_000L;

  private final Requests requests;
  private final Systems.Setting setting;
  private final DoubleConsumer progress;
  private final Clock clock = Clock.system();
  private final List<String> skipped = new ArrayList<>();

  /// @param progress is told which share of the whole is done, in `[0, 1]`
  EvaluateRun(Requests requests, Systems.Setting setting, DoubleConsumer progress) {
    this.requests = requests;
    this.setting = setting;
    this.progress = progress;
  }

  /// Evaluates some systems. One that cannot be started is skipped.
  List<Row> run(List<Systems.Entry> systems, Consumer<Row> done)
      throws IOException, InterruptedException {
    var rows = new ArrayList<Row>();
    int phases = Row.Phase.values().length * systems.size();
    for (var system : systems) {
      int at = systems.indexOf(system) * Row.Phase.values().length;
      for (var phase : Row.Phase.values()) {
        double from = (double) at++ / phases;
        var row = one(system, phase, from, 1.0 / phases);
        if (row == null) {
          break;
        }
        rows.add(row);
        done.accept(row);
      }
    }
    return rows;
  }

  private @Nullable Row one(Systems.Entry system, Row.Phase phase, double from, double share)
      throws IOException, InterruptedException {
    try {
      return replayed(system, phase, from, share);
    } catch (OutOfMemoryError full) {
      // All that it had is garbage now, and the systems after it may need less.
      skipped.add(
          "%s: out of memory, with a heap of %d MiB (expected: more, by INCIPIT_JAVA_OPTS=-Xmx...,"
                  .formatted(system.name(), Runtime.getRuntime().maxMemory() >> 20)
              + " or a smaller --cache)");
      return null;
    }
  }

  private @Nullable Row replayed(Systems.Entry system, Row.Phase phase, double from, double share)
      throws IOException, InterruptedException {
    var own = system.perBlock() ? requests.first(PER_BLOCK_REQUESTS) : requests;
    warmUp(system, own, phase);
    var steps = new Steps();
    Subject subject;
    try {
      subject = system.opening().open(own, steps, setting);
    } catch (IOException absent) {
      skipped.add(system.name() + ": " + absent.getMessage());
      return null;
    }
    try (subject) {
      return replay(system, subject, own, steps, phase, from, share);
    }
  }

  /// Runs the code of a system in this process until it is compiled.
  private void warmUp(Systems.Entry system, Requests own, Row.Phase phase)
      throws IOException, InterruptedException {
    if (system.kind() == Systems.Kind.NETWORKED || phase != Row.Phase.COLD) {
      return;
    }
    var few = own.first(WARM_UP);
    var steps = new Steps();
    try (var subject = system.opening().open(few, steps, setting)) {
      for (int i = 0; i < few.count(); i++) {
        subject.lookup(i);
        subject.put(i, few.known(i));
        steps.clear();
      }
    }
  }

  private Row replay(
      Systems.Entry system,
      Subject subject,
      Requests own,
      Steps steps,
      Row.Phase phase,
      double from,
      double share)
      throws IOException {
    boolean cold = phase == Row.Phase.COLD;
    boolean counted = system.kind() == Systems.Kind.ONE_SIDED;
    var lookups = new Meter(counted);
    var puts = new Meter(counted);
    double putUs = 0;
    if (!cold) {
      long before = subject.serverCpuNs();
      preload(system, subject, own, steps, part -> progress.accept(from + share * part / 2));
      putUs = (subject.serverCpuNs() - before) / 1e3 / own.count();
    }
    long wrong = 0;
    long serverNs = subject.serverCpuNs();
    for (int i = 0; i < own.count(); i++) {
      int known = own.known(i);
      timed(lookups, subject::lookup, i, own, steps);
      wrong += subject.wrong(i, cold ? known : own.length(i));
      if (cold && known < own.length(i)) {
        timed(puts, request -> subject.put(request, known), i, own, steps);
      }
      progress.accept(from + share * (cold ? i : own.count() + i) / own.count() / (cold ? 1 : 2));
    }
    double serverUs = (subject.serverCpuNs() - serverNs) / 1e3 / own.count();
    if (!cold && system.kind() == Systems.Kind.NETWORKED) {
      var rounds = rounds(subject, () -> lookupAll(subject, own, steps));
      serverUs = rounds.cpuNs / 1e3 / rounds.count / own.count();
    }
    return new Row(
        system.name(),
        system.published(),
        phase,
        own.count(),
        wrong,
        lookups,
        puts,
        (double) subject.bytes() / own.distinct(),
        subject.clientBytes(),
        serverUs,
        putUs,
        cold ? Row.InFlight.NONE : inFlight(subject, own, steps));
  }

  /// Puts all blocks, and then lets clients of one-sided memory fill their caches by looking each
  /// request up once.
  private static void preload(
      Systems.Entry system, Subject subject, Requests own, Steps steps, DoubleConsumer reached)
      throws IOException {
    for (int i = 0; i < own.count(); i++) {
      subject.put(i, own.known(i));
      steps.clear();
      reached.accept((double) i / own.count());
    }
    if (system.kind() == Systems.Kind.ONE_SIDED) {
      for (int i = 0; i < own.count(); i++) {
        subject.warm(i);
        steps.clear();
      }
    }
  }

  private interface Asking {
    void about(int request) throws IOException;
  }

  private void timed(Meter meter, Asking asking, int request, Requests own, Steps steps)
      throws IOException {
    steps.clear();
    long cpu = CpuTime.threadNs();
    long start = clock.nanoTime();
    asking.about(request);
    long end = clock.nanoTime();
    long cpuEnd = CpuTime.threadNs();
    meter.add(own.timeNs(request), steps, (end - start) / 1e3, (cpuEnd - cpu) / 1e3);
    steps.clear();
  }

  /// One replay of all look-ups.
  private interface Round {
    void run() throws IOException;
  }

  /// Some rounds.
  ///
  /// @param cpuNs CPU time of the server in all of them
  private record Rounds(int count, long cpuNs, long ns) {}

  /// Replays all look-ups again, in rounds until there is enough of the server's CPU time to tell
  /// what look-ups take from what else its threads do.
  private Rounds rounds(Subject subject, Round round) throws IOException {
    long cpu = subject.serverCpuNs();
    long start = clock.nanoTime();
    var rounds = new Rounds(0, 0, 0);
    while (rounds.count < ROUNDS_MAX && rounds.cpuNs < SERVER_CPU_NS && rounds.ns < ROUNDS_NS) {
      subject.again();
      round.run();
      long spent = subject.serverCpuNs() - cpu;
      rounds = new Rounds(rounds.count + 1, spent, clock.nanoTime() - start);
    }
    return rounds;
  }

  private static void lookupAll(Subject subject, Requests own, Steps steps) throws IOException {
    for (int i = 0; i < own.count(); i++) {
      subject.lookup(i);
      steps.clear();
    }
  }

  /// Asks with several requests under way, where the system is a server.
  private Row.InFlight inFlight(Subject subject, Requests own, Steps steps) throws IOException {
    if (!(subject instanceof Networked server) || !server.pipelines()) {
      return Row.InFlight.NONE;
    }
    var rounds = rounds(server, () -> inFlightRound(server, own, steps));
    double asked = (double) own.count() * rounds.count;
    return new Row.InFlight(asked / (rounds.ns / 1e9), rounds.cpuNs / 1e3 / asked);
  }

  private static void inFlightRound(Networked server, Requests own, Steps steps)
      throws IOException {
    for (int i = 0; i < own.count(); i += Row.IN_FLIGHT) {
      int end = Math.min(own.count(), i + Row.IN_FLIGHT);
      server.hold();
      for (int j = i; j < end; j++) {
        server.ask(j);
      }
      server.flush();
      for (int j = i; j < end; j++) {
        server.take(j);
      }
      steps.clear();
    }
  }

  /// Systems that were not evaluated, and why.
  List<String> skipped() {
    return skipped;
  }
}
