// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.ManualClock;
import io.incipit.net.audit.AuditEvent.Kind;
import io.incipit.net.audit.AuditEvent.Origin;
import io.incipit.net.audit.AuditEvent.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

class AuditLogTest {
  private static final Path FILE = Path.of("audit");
  private static final AuditEvent ACT =
      AuditEvent.of(Kind.ADMIN, Outcome.DONE)
          .from(Origin.of("resp", "root", "10.0.0.1:5000"))
          .by("FLUSHALL");

  private final FaultyLogs disk = new FaultyLogs();
  private final ManualClock clock = new ManualClock();
  private AuditLog log;

  @BeforeEach
  void open() throws IOException {
    log = AuditLog.open(new AuditConfig(FILE, 1 << 30, 1), disk, clock, "secret"::equals);
  }

  private static AuditEvent denied(String host, String user) {
    return AuditEvent.of(Kind.REQUEST, Outcome.DENIED)
        .from(Origin.of("resp", user, host + ":5000"))
        .by("GET")
        .since("NOPERM");
  }

  private List<Map<String, Object>> lines() {
    return disk.text(FILE).lines().map(AuditLogTest::parsed).toList();
  }

  private static Map<String, Object> parsed(String line) {
    return JsonMapper.shared().readValue(line, new TypeReference<Map<String, Object>>() {});
  }

  @Test
  void line_saysWhatHappened() {
    clock.advance(Duration.ofMillis(1_790_000_000_123L));
    log.note(ACT.about("team"));
    log.note(AuditEvent.of(Kind.START, Outcome.DONE));
    assertThat(log.step(false)).isTrue();
    assertThat(disk.text(FILE))
        .isEqualTo(
            "{\"time\":\"2026-09-21T14:13:20.123Z\",\"event\":\"admin\",\"outcome\":\"done\","
                + "\"user\":\"root\",\"address\":\"10.0.0.1\",\"port\":5000,\"listener\":\"resp\","
                + "\"action\":\"FLUSHALL\",\"namespace\":\"team\"}\n"
                + "{\"time\":\"2026-09-21T14:13:20.123Z\",\"event\":\"start\","
                + "\"outcome\":\"done\"}\n");
    assertThat(log.lines()).isEqualTo(2);
  }

  @Test
  void names_ofAllKinds_areJsonAndHarmless() {
    var names =
        List.of("\"\\\n\r\t\u0000", "\ud800", "\udc00x", "x".repeat(63) + "\ud83d\ude00", "\u009b");
    for (var name : names) {
      log.note(denied("1.1.1.1", name).about(name));
    }
    log.note(denied("2.2.2.2", "x".repeat(1_000)));
    log.step(false);
    assertThat(lines()).hasSize(6);
    assertThat(disk.text(FILE).chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 127))).isTrue();
    assertThat(lines().getFirst()).containsEntry("user", names.getFirst());
    assertThat(lines().getLast().get("user")).isEqualTo("x".repeat(64));
  }

  @Test
  void secrets_whereNamesBelong_areHidden() {
    log.note(denied("1.1.1.1", "secret").about("secret"));
    log.step(false);
    assertThat(lines().getFirst())
        .containsEntry("user", "(hidden)")
        .containsEntry("namespace", "(hidden)");
  }

  @Test
  void denials_ofOneSecond_areSummed() {
    for (int i = 0; i < 100; i++) {
      log.note(denied("1.1.1.1", "u" + i));
    }
    log.note(denied("2.2.2.2", "other"));
    log.note(denied("1.1.1.1", "u").since("NOAUTH"));
    log.step(false);
    assertThat(lines()).hasSize(Sums.LINES + 2).noneMatch(line -> line.containsKey("times"));
    clock.advance(Duration.ofNanos(Sums.SECOND_NS - 1));
    log.step(false);
    assertThat(lines()).hasSize(Sums.LINES + 2);
    clock.advance(Duration.ofNanos(1));
    log.step(false);
    assertThat(lines()).hasSize(Sums.LINES + 3);
    assertThat(lines().getLast())
        .containsEntry("times", 100 - Sums.LINES)
        .containsEntry("address", "1.1.1.1")
        .containsEntry("reason", "NOPERM")
        .doesNotContainKeys("user", "port", "action");
    log.note(denied("1.1.1.1", "again"));
    log.step(false);
    assertThat(lines().getLast()).containsEntry("user", "again");
  }

  @Test
  void denials_fromVeryManyAddresses_areBounded_andEachIsCounted() {
    int addresses = Sums.ADDRESSES_MAX + 1_000;
    for (int i = 0; i < addresses; i++) {
      for (int j = 0; j <= Sums.LINES; j++) {
        log.note(denied("host-" + i, "u"));
      }
    }
    clock.advance(Duration.ofSeconds(1));
    log.step(false);
    var lines = lines();
    assertThat(lines.size()).isEqualTo((Sums.ADDRESSES_MAX + 1) * (Sums.LINES + 1));
    assertThat(lines.stream().mapToInt(line -> (int) line.getOrDefault("times", 1)).sum())
        .isEqualTo(addresses * (Sums.LINES + 1));
    assertThat(log.dropped()).isZero();
  }

  @Test
  void done_isNeverSummed() {
    IntStream.range(0, 50).forEach(_ -> log.note(ACT));
    log.step(false);
    assertThat(lines()).hasSize(50);
  }

  @Test
  void aDiskThatFails_isCounted_andGetsWhatWaitedLater() {
    disk.room(100);
    IntStream.range(0, 10).forEach(_ -> log.note(ACT));
    assertThat(log.step(false)).isFalse();
    assertThat(log.step(false)).isFalse();
    assertThat(log.failures()).isEqualTo(2);
    assertThat(log.lines()).isZero();
    disk.room(Long.MAX_VALUE);
    assertThat(log.step(false)).isTrue();
    assertThat(lines()).hasSize(10);
    assertThat(log.lines()).isEqualTo(10);
    assertThat(log.dropped()).isZero();
  }

  @Test
  void aFailureHalfway_costsTheLinesThatWereTaken_andIsCounted() throws IOException {
    var bad = new AtomicBoolean(true);
    Predicate<String> failing =
        name -> {
          if (bad.get()) {
            throw new IllegalStateException("planted");
          }
          return false;
        };
    log = AuditLog.open(new AuditConfig(FILE, 1 << 30, 1), disk, clock, failing);
    IntStream.range(0, 3).forEach(_ -> log.note(ACT));
    assertThat(log.step(false)).isFalse();
    assertThat(log.dropped()).isEqualTo(3);
    bad.set(false);
    log.note(ACT);
    assertThat(log.step(false)).isTrue();
    assertThat(lines()).hasSize(2);
    assertThat(lines().getFirst()).containsEntry("event", "lost").containsEntry("times", 3);
    assertThat(log.lines()).isEqualTo(2);
  }

  @Test
  void whatFindsNoRoom_isCountedAndSaid() {
    disk.room(0);
    for (int i = 0; i < 2 * Backlog.LINES_MAX; i++) {
      log.note(ACT);
    }
    long dropped = log.dropped();
    assertThat(dropped).isEqualTo(Backlog.LINES_MAX);
    log.step(false);
    disk.room(Long.MAX_VALUE);
    log.step(false);
    var lost = lines().stream().filter(line -> "lost".equals(line.get("event"))).toList();
    assertThat(lost).hasSize(1);
    assertThat(lost.getFirst()).containsEntry("times", (int) dropped);
    assertThat(lines()).hasSize(Backlog.LINES_MAX + 1);
  }

  @Test
  void aFloodOfStrangers_leavesRoomForWhatIsDone() {
    disk.room(0);
    for (int i = 0; i < 20_000; i++) {
      log.note(denied("host-" + i, "u"));
      clock.advance(Duration.ofSeconds(2));
    }
    assertThat(log.dropped()).isPositive();
    long before = log.dropped();
    IntStream.range(0, Backlog.LINES_MAX / 8).forEach(_ -> log.note(ACT));
    assertThat(log.dropped()).isEqualTo(before);
  }

  @Test
  void backlog_isBoundedInBytes() {
    var backlog = new Backlog();
    var large = AuditEvent.of(Kind.USERS, Outcome.FAILED).since("x".repeat(10_000));
    long bytes = 0;
    for (var line = new Line(0, large, 1); backlog.offer(line); ) {
      bytes += line.bytes();
    }
    assertThat(bytes).isLessThanOrEqualTo(Backlog.BYTES_MAX).isPositive();
    assertThat(backlog.size()).isLessThan(Backlog.LINES_MAX);
    while (!backlog.take(1).isEmpty()) {
      assertThat(backlog.size()).isNotNegative();
    }
    assertThat(backlog.offer(new Line(0, large, 1))).isTrue();
  }

  @Test
  void aDiskThatHangs_keepsNobody_andNotTheEnd() throws Exception {
    var gate = new CountDownLatch(1);
    disk.gate(gate);
    log.start();
    for (int i = 0; i < 3 * Backlog.LINES_MAX; i++) {
      log.note(ACT);
    }
    assertThat(log.dropped()).isPositive();
    log.close(Duration.ofMillis(50));
    assertThat(disk.text(FILE)).isEmpty();
    gate.countDown();
    log.close(Duration.ofMinutes(2));
    assertThat(log.lines() + log.dropped()).isGreaterThanOrEqualTo(3L * Backlog.LINES_MAX);
    assertThat(lines().size()).isEqualTo((int) log.lines());
  }

  @Test
  void close_writesWhatWaits_withTheSecondThatIsNotOver() {
    log.start();
    for (int i = 0; i < 100; i++) {
      log.note(denied("1.1.1.1", "u"));
    }
    log.close(Duration.ofMinutes(2));
    assertThat(lines().getLast()).containsEntry("times", 100 - Sums.LINES);
  }
}
