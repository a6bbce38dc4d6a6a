// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.ManualClock;
import io.incipit.net.access.Access;
import io.incipit.net.access.AccessConfig;
import io.incipit.net.access.CommandSamples;
import io.incipit.net.access.Users;
import io.incipit.net.audit.Audit;
import io.incipit.net.audit.AuditEvent;
import io.incipit.net.audit.AuditEvent.Kind;
import io.incipit.net.audit.AuditEvent.Outcome;
import io.incipit.protocol.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the audit log is told of requests over RESP.
class AuditTest {
  private static final String THERE = "team-b-1";

  @TempDir private Path directory;
  private final List<AuditEvent> events = new ArrayList<>();
  private Bed bed;

  private final Audit audit =
      new Audit() {
        @Override
        public boolean isOn() {
          return true;
        }

        @Override
        public void note(AuditEvent event) {
          synchronized (events) {
            events.add(event);
          }
        }
      };

  private static String line(String name, String rules) {
    return Users.line(name, "token-of-" + name, List.of(rules.split(" "))) + "\n";
  }

  @BeforeEach
  void open() throws Exception {
    var file = Files.createFile(directory.resolve("users"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    users(line("root", "admin@*") + line("reader", "read@*") + line("a", "admin@team-a-*"));
    var clock = new ManualClock();
    var access = Access.of(new AccessConfig(Optional.of(file), "redis"), clock);
    bed = new Bed(clock, access, audit);
    as("root").ask("KVC.NAMESPACE", "CREATE", THERE, "BLOCKTOKENS", "16", "HASHBYTES", "8");
    take();
  }

  private void users(String text) throws IOException {
    Files.writeString(directory.resolve("users"), text);
  }

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private Bed as(String user) {
    var other = new Bed(bed);
    assertThat(other.ask("AUTH", user, "token-of-" + user)).isEqualTo("+OK\r\n");
    return other;
  }

  /// What was told since the last time.
  private List<AuditEvent> take() {
    synchronized (events) {
      var taken = List.copyOf(events);
      events.clear();
      return taken;
    }
  }

  private AuditEvent one() {
    var taken = take();
    assertThat(taken).hasSize(1);
    return taken.getFirst();
  }

  private static void is(AuditEvent event, Kind kind, Outcome outcome, String... texts) {
    assertThat(List.of(event.origin().user(), event.action(), event.namespace(), event.reason()))
        .containsExactly(texts);
    assertThat(event.kind()).isEqualTo(kind);
    assertThat(event.outcome()).isEqualTo(outcome);
    assertThat(event.origin().listener()).isEqualTo("resp");
  }

  @ParameterizedTest
  @EnumSource(Command.class)
  void everyDenial_ofAStranger_isTold(Command command) {
    for (var sample : CommandSamples.of(command, THERE)) {
      var stranger = new Bed(bed);
      var reply = stranger.ask(sample.toArray(String[]::new));
      boolean denied = reply.startsWith("-NOAUTH") || reply.startsWith("-WRONGPASS");
      var taken = take();
      assertThat(taken).as("%s", sample).hasSize(denied ? 1 : 0);
      assertThat(taken)
          .allMatch(event -> event.outcome() == Outcome.DENIED)
          .allMatch(event -> event.action().startsWith(command.wireName()))
          .allMatch(
              event -> event.reason().equals(denied ? reply.substring(1, reply.indexOf(' ')) : ""));
      stranger.channel.finishAndReleaseAll();
      bed.clock.advance(Duration.ofMinutes(11));
    }
  }

  @ParameterizedTest
  @EnumSource(Command.class)
  void everyDenial_ofAUser_isTold(Command command) {
    for (var user : List.of("reader", "a")) {
      for (var sample : CommandSamples.of(command, THERE)) {
        var other = as(user);
        var reply = other.ask(sample.toArray(String[]::new));
        boolean denied =
            reply.startsWith("-NOPERM")
                || reply.startsWith("-NONAMESPACE")
                || reply.startsWith("-WRONGPASS");
        boolean act = take().stream().allMatch(event -> event.outcome() == Outcome.DENIED);
        if (denied) {
          other.ask(sample.toArray(String[]::new));
          assertThat(take()).as("%s by %s", sample, user).hasSize(1);
        } else {
          assertThat(act).as("%s by %s is an act", sample, user).isTrue();
        }
        other.channel.finishAndReleaseAll();
        bed.clock.advance(Duration.ofMinutes(11));
      }
    }
  }

  @Test
  void denials_sayWhoAndWhy() {
    var stranger = new Bed(bed);
    stranger.ask("KVC.MATCH", THERE, "a0");
    is(one(), Kind.REQUEST, Outcome.DENIED, "", "KVC.MATCH", THERE, "NOAUTH");
    stranger.ask("HELLO", "3");
    is(one(), Kind.REQUEST, Outcome.DENIED, "", "HELLO", "", "NOAUTH");
    stranger.ask("AUTH", "reader", "wrong");
    is(one(), Kind.LOGIN, Outcome.DENIED, "reader", "AUTH", "", "WRONGPASS");
    stranger.ask("HELLO", "3", "AUTH", "nobody-" + "x".repeat(100), "wrong");
    is(one(), Kind.LOGIN, Outcome.DENIED, "nobody-" + "x".repeat(57), "HELLO", "", "WRONGPASS");
    var reader = as("reader");
    reader.ask("KVC.NAMESPACE", "DROP", THERE);
    is(one(), Kind.REQUEST, Outcome.DENIED, "reader", "KVC.NAMESPACE DROP", THERE, "NOPERM");
    as("a").ask("KVC.OWNERS", THERE);
    is(one(), Kind.REQUEST, Outcome.DENIED, "a", "KVC.OWNERS", THERE, "NONAMESPACE");
  }

  @Test
  void aFailedLogin_isTold_beforeItsAnswerIs() {
    var stranger = new Bed(bed);
    for (int i = 0; i < 5; i++) {
      stranger.ask("AUTH", "wrong");
    }
    take();
    stranger.write(Bed.bytes(Bed.request("AUTH", "wrong")));
    assertThat(stranger.read()).isEmpty();
    is(one(), Kind.LOGIN, Outcome.DENIED, "", "AUTH", "", "WRONGPASS");
    stranger.channel.finishAndReleaseAll();
  }

  @Test
  void administration_isTold_withWhatCameOfIt() {
    var root = as("root");
    root.ask("KVC.NAMESPACE", "CREATE", "made", "BLOCKTOKENS", "16", "HASHBYTES", "8");
    is(one(), Kind.ADMIN, Outcome.DONE, "root", "KVC.NAMESPACE CREATE", "made", "");
    root.ask("KVC.NAMESPACE", "CREATE", "made", "BLOCKTOKENS", "17", "HASHBYTES", "8");
    is(one(), Kind.ADMIN, Outcome.FAILED, "root", "KVC.NAMESPACE CREATE", "made", "CONTRACT");
    root.ask("KVC.NAMESPACE", "CREATE", "bad", "BLOCKTOKENS", "x", "HASHBYTES", "8");
    assertThat(one().outcome()).isEqualTo(Outcome.FAILED);
    root.ask("KVC.NAMESPACE", "DROP", "made");
    is(one(), Kind.ADMIN, Outcome.DONE, "root", "KVC.NAMESPACE DROP", "made", "");
    root.ask("FLUSHALL");
    is(one(), Kind.ADMIN, Outcome.DONE, "root", "FLUSHALL", "", "");
    root.ask("FLUSHDB", "NONSENSE");
    is(one(), Kind.ADMIN, Outcome.FAILED, "root", "FLUSHDB", "", "ERR");
    root.ask("CLIENT", "KILL", "ID", "77");
    is(one(), Kind.ADMIN, Outcome.DONE, "root", "CLIENT KILL", "", "");
    root.ask("CONFIG", "SET", "requirepass", "geheim");
    is(one(), Kind.ADMIN, Outcome.FAILED, "root", "CONFIG", "", "ERR");
    root.ask("CLIENT", "LIST");
    root.ask("CONFIG", "GET", "*");
    root.ask("KVC.NAMESPACE", "LIST");
    root.ask("ACL", "LIST");
    assertThat(take()).isEmpty();
  }

  @Test
  void aFlushOfManyKeys_isTold_whenItIsMade() {
    var root = as("root");
    for (int i = 0; i < 100; i++) {
      root.ask("SET", "key" + i, "value");
    }
    take();
    assertThat(root.ask("FLUSHALL")).isEqualTo("+OK\r\n");
    is(one(), Kind.ADMIN, Outcome.DONE, "root", "FLUSHALL", "", "");
  }

  @Test
  void aFlush_whoseClientIsGone_isToldAllTheSame() {
    var root = as("root");
    for (int i = 0; i < 100; i++) {
      root.ask("SET", "key" + i, "value");
    }
    take();
    root.write(Bed.bytes(Bed.request("FLUSHALL")));
    root.channel.finishAndReleaseAll();
    var told = one();
    assertThat(told.outcome()).isEqualTo(Outcome.DONE);
    assertThat(told.reason()).isIn("", "client-gone");
  }

  @Test
  void insideMulti_whatRuns_isTold_once() {
    var root = as("root");
    root.ask("MULTI");
    root.ask("FLUSHALL");
    assertThat(take()).isEmpty();
    root.ask("EXEC");
    is(one(), Kind.ADMIN, Outcome.DONE, "root", "FLUSHALL", "", "");
    var a = as("a");
    a.ask("MULTI");
    a.ask("KVC.OWNERS", THERE);
    a.ask("EXEC");
    is(one(), Kind.REQUEST, Outcome.DENIED, "a", "KVC.OWNERS", THERE, "NONAMESPACE");
  }

  @Test
  void users_areTold_whenTheyChange() throws Exception {
    users(line("root", "admin@*") + line("new", "read@*"));
    bed.context.reloadUsers();
    assertThat(one()).isEqualTo(AuditEvent.of(Kind.USERS, Outcome.DONE));
    users("root geheim admin@*");
    bed.context.reloadUsers();
    bed.context.reloadUsers();
    var refused = one();
    assertThat(refused.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(refused.reason()).contains("users:1: secret of root: 6 ").doesNotContain("geheim");
  }

  @Test
  void words_thatMayBeSecrets_areNowhere() {
    var secret = "incipit_" + "s".repeat(43);
    for (var command : Command.all()) {
      for (int words = 1; words < 6; words++) {
        for (var user : List.of("", "reader", "root")) {
          var other = user.isEmpty() ? new Bed(bed) : as(user);
          var request = new ArrayList<>(List.of(command.wireName()));
          for (int i = 0; i < words; i++) {
            request.add(secret);
          }
          other.ask(request.toArray(String[]::new));
          other.channel.finishAndReleaseAll();
          bed.clock.advance(Duration.ofMinutes(11));
        }
      }
    }
    var told = take();
    assertThat(told).isNotEmpty();
    // The two that whoever writes the line looks at.
    assertThat(told)
        .noneMatch(event -> event.action().contains(secret))
        .noneMatch(event -> event.reason().contains(secret));
    assertThat(bed.access.isSecret(secret)).isTrue();
    assertThat(bed.access.isSecret(secret.substring(0, 30))).isTrue();
    assertThat(bed.access.isSecret("token-of-root")).isTrue();
    assertThat(bed.access.isSecret("root")).isFalse();
    assertThat(bed.access.isSecret("incipit_team")).isFalse();
  }
}
