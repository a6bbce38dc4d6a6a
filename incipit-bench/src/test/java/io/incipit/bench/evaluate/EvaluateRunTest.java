// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.incipit.bench.pool.CostModel;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.PoolIndex;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What a run asks of systems, and what it says of them.
final class EvaluateRunTest {
  private static final Systems.Setting SETTING = new Systems.Setting(CostModel.DEFAULT, 1 << 20);

  private final Requests requests;

  EvaluateRunTest() throws IOException {
    requests = Requests.standIn(400, 1);
  }

  /// An index that reads 64 bytes for each key, and forgets every so manieth.
  private static final class MapIndex implements PoolIndex {
    private final Map<Long, Long> map = new HashMap<>();
    private final PoolClient client = new PoolClient(new MemoryPool(CostModel.DEFAULT));
    private final long address = client.pool().reserve(64, 64);
    private final int forgotten;

    MapIndex(int forgotten) {
      this.forgotten = forgotten;
    }

    @Override
    public long search(long key) {
      client.read(address, new byte[64], 0, 64);
      client.ring();
      return map.getOrDefault(key, 0L);
    }

    @Override
    public void range(long from, int count, long[] values, int at) {
      for (int i = 0; i < count; i++) {
        client.read(address, new byte[64], 0, 64);
        values[at + i] = map.getOrDefault(from + i, 0L);
      }
      client.ring();
    }

    @Override
    public void put(long key, long value) {
      client.writeLong(address, value);
      client.ring();
      if (forgotten == 0 || key % forgotten != 0) {
        map.put(key, value);
      }
    }

    @Override
    public boolean delete(long key) {
      return map.remove(key) != null;
    }

    @Override
    public PoolClient client() {
      return client;
    }

    @Override
    public long cacheBytes() {
      return 77;
    }
  }

  private List<Row> run(Keys keys, int forgotten) throws IOException, InterruptedException {
    Systems.Opening opening =
        (own, steps, _) ->
            new IndexSubject(own, keys, false, List.of(new MapIndex(forgotten)), steps);
    var entry =
        new Systems.Entry("map", Systems.Kind.ONE_SIDED, false, false, "for a test", opening);
    return new EvaluateRun(requests, SETTING, _ -> {}).run(List.of(entry), _ -> {});
  }

  @Test
  void aSystemThatIsRight_isCounted() throws IOException, InterruptedException {
    var rows = run(Keys.DENSE, 0);

    assertThat(rows).hasSize(2);
    for (var row : rows) {
      assertThat(row.wrongAnswers()).isZero();
      assertThat(row.lookups().nicRequests().sum()).isEqualTo((double) requests.blocks());
      assertThat(row.lookups().bytes().sum()).isEqualTo(64.0 * requests.blocks());
      assertThat(row.lookups().modelledUs().quantile(0.5)).isGreaterThan(1.9);
      assertThat(row.clientBytes()).isEqualTo(77);
    }
    var cold = rows.getFirst();
    assertThat(cold.puts().roundTrips().sum()).isEqualTo(requests.distinct());
    assertThat(rows.getLast().puts().roundTrips().count()).isZero();
    var kinds = cold.lookups().kinds();
    assertThat(kinds.keySet()).containsExactlyInAnyOrder(Step.RANGE, Step.SEARCH);
    assertThat(cold.lookups().roundTrips().sum())
        .isEqualTo(
            kinds.get(Step.RANGE).roundTrips().count()
                + kinds.get(Step.SEARCH).roundTrips().count());
  }

  @Test
  void aHashedKey_isASearchOfItsOwn() throws IOException, InterruptedException {
    var cold = run(Keys.HASHED, 0).getFirst();

    assertThat(cold.wrongAnswers()).isZero();
    assertThat(cold.lookups().roundTrips().sum()).isEqualTo((double) requests.blocks());
    assertThat(cold.lookups().kinds().keySet()).containsExactly(Step.SEARCH);
  }

  @Test
  void aSystemThatForgets_isWrong() throws IOException, InterruptedException {
    assertThat(run(Keys.DENSE, 3)).allSatisfy(row -> assertThat(row.wrongAnswers()).isPositive());
  }

  @Test
  void nodeBound_isWhatTheAdapterServes() throws IOException, InterruptedException {
    var row = run(Keys.DENSE, 0).getLast();
    double asked = row.lookups().nicRequests().mean();

    assertThat(row.nodeBoundPerSecond(CostModel.DEFAULT)).isCloseTo(60e6 / asked, within(1.0));
  }

  @Test
  void aSystemThatCannotStart_isSkippedAndSaid() throws IOException, InterruptedException {
    Systems.Opening opening =
        (_, _, _) -> {
          throw new IOException("it is not installed");
        };
    var entry =
        new Systems.Entry("absent", Systems.Kind.NETWORKED, false, false, "for a test", opening);
    var run = new EvaluateRun(requests, SETTING, _ -> {});

    assertThat(run.run(List.of(entry), _ -> {})).isEmpty();
    assertThat(run.skipped()).containsExactly("absent: it is not installed");
  }

  @Test
  void aSystemThatHasNoRoom_isSkippedAndSaid() throws IOException, InterruptedException {
    Systems.Opening opening =
        (_, _, _) -> {
          throw new OutOfMemoryError("for a test");
        };
    var entry = new Systems.Entry("wide", Systems.Kind.LOCAL, false, false, "for a test", opening);
    var run = new EvaluateRun(requests, SETTING, _ -> {});

    assertThat(run.run(List.of(entry), _ -> {})).isEmpty();
    assertThat(run.skipped()).singleElement().asString().startsWith("wide: out of memory");
  }

  @Test
  void aMessage_isOneRoundTripAndTwoRequests() {
    var client = new PoolClient(new MemoryPool(CostModel.DEFAULT));
    var steps = new Steps();
    steps.begin(client);
    client.message(100, 8);
    steps.end(Step.PUT, client);
    steps.begin(client);
    client.chunk(1 << 10);
    steps.end(Step.PUT, client);

    assertThat(steps.roundTrips(0)).isOne();
    assertThat(steps.requests(0)).isEqualTo(2);
    assertThat(steps.bytes(0)).isEqualTo(108);
    assertThat(steps.roundTrips(1)).isOne();
  }

  @Test
  void windows_inWhichNothingCame_takeNoRoom() {
    var meter = new Meter(false);
    meter.add(0, new Steps(), 1, 1);
    meter.add(30_000 * Meter.WINDOW_NS, new Steps(), 2, 2);

    assertThat(meter.windows().keySet()).containsExactly(0L, 30_000L);
    assertThat(Meter.summaries(meter.windows()).getLast())
        .containsEntry("fromMinutes", 300_000.0)
        .containsEntry("p99", 2.0);
  }

  @Test
  void names_areThoseOfSystems() {
    assertThat(Systems.all().named(List.of("redis*")))
        .extracting(Systems.Entry::name)
        .contains("redis", "redis-lua", "redis-get")
        .doesNotContain("valkey");
    assertThatThrownBy(() -> Systems.all().named(List.of("incipit", "redi")))
        .hasMessageContaining("--systems: redi (expected: names of");
  }

  @Test
  void everySystemThatNeedsNoServer_replays() throws IOException, InterruptedException {
    var few = requests.first(40);
    var own =
        Systems.all().entries().stream()
            .filter(entry -> entry.kind() != Systems.Kind.NETWORKED)
            .toList();

    var rows = new EvaluateRun(few, SETTING, _ -> {}).run(own, _ -> {});

    assertThat(rows).hasSize(2 * own.size());
    assertThat(rows)
        .filteredOn(row -> !row.system().endsWith("-published"))
        .allSatisfy(row -> assertThat(row.wrongAnswers()).as(row.system()).isZero());
  }

  @Test
  void options_outOfRange_areRefused() {
    assertThatThrownBy(
            () ->
                new Evaluation.Options(
                    Optional.empty(), List.of(), 0, false, 1, CostModel.DEFAULT, 1))
        .hasMessage("--expand: 0 (expected: 1 to 64)");
  }

  @Test
  void fields_haveARowForEachPhase() throws IOException, InterruptedException {
    var options =
        new Evaluation.Options(
            Optional.empty(), List.of("incipit"), 1, true, 1 << 20, CostModel.DEFAULT, 1);
    var evaluation = Evaluation.of(options);
    var text = new StringWriter();
    evaluation.run(new PrintWriter(text), false, _ -> {}, () -> {});
    var fields = evaluation.fields("a command");

    assertThat(fields).containsEntry("command", "a command").containsKey("model");
    assertThat(fields.get("rows").toString())
        .contains("system=incipit", "phase=cold", "phase=preloaded", "wrongAnswers=0");
    assertThat(text.toString()).contains("incipit", "round-trip-ns 2000");
    assertThat(EvaluationTables.of(JsonMapper.shared().writeValueAsString(fields)))
        .contains("- command: `a command`")
        .anyMatch(line -> line.startsWith("| incipit | 0 | - | - | - | - | "));
    assertThat(evaluation.page("a command")).contains("Look-ups, cold", "round-trip-ns = 2,000");
  }
}
