// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.net.access.AccessConfig;
import io.incipit.net.access.CommandSamples;
import io.incipit.net.access.Users;
import io.incipit.protocol.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What those see who may not see: for each command there is.
class AccessTest {
  private static final String NOAUTH = "-NOAUTH Authentication required.\r\n";
  private static final String WRONGPASS =
      "-WRONGPASS invalid username-password pair or user is disabled.\r\n";

  /// One that exists, and one of the same length that does not.
  private static final String THERE = "team-b-1";

  private static final String ABSENT = "team-b-2";
  private static final String HASH = CommandSamples.HASH;

  /// What those may say who have not said who they are.
  private static final Set<Command> OPEN =
      EnumSet.of(Command.AUTH, Command.HELLO, Command.RESET, Command.QUIT);

  @TempDir private Path directory;
  private Bed bed;

  private static String line(String name, String rules) {
    return Users.line(name, token(name), List.of(rules.split(" "))) + "\n";
  }

  private static String token(String name) {
    return "token-of-" + name;
  }

  private void users(String text) throws IOException {
    Files.writeString(directory.resolve("users"), text);
  }

  private static String all() {
    return line("root", "admin@*")
        + line("reader", "read@*")
        + line("a", "admin@team-a-*")
        + line("b", "read,publish@team-b-*")
        + line("keys", "read,publish@redis")
        + line("writer", "publish@redis publish@team-b-*");
  }

  @BeforeEach
  void open() throws IOException {
    var file = Files.createFile(directory.resolve("users"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    users(all());
    bed = new Bed(new AccessConfig(Optional.of(file), "redis"));
    var root = as("root");
    CommandSamples.fill(THERE).forEach(request -> root.ask(words(request)));
    root.channel.finishAndReleaseAll();
  }

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  /// A connection of its own, to the same server.
  private Bed as(String user) {
    var other = new Bed(bed);
    assertThat(other.ask("AUTH", user, token(user))).isEqualTo("+OK\r\n");
    return other;
  }

  private static String[] words(List<String> sample) {
    return sample.toArray(String[]::new);
  }

  /// What there is, as the one sees it who may see all: no counters, since looking counts.
  private String state() {
    var root = as("root");
    var state = new StringBuilder();
    for (var request : CommandSamples.looks(THERE)) {
      state.append(root.ask(words(request)));
    }
    root.channel.finishAndReleaseAll();
    return state.toString();
  }

  @ParameterizedTest
  @EnumSource(Command.class)
  void unauthenticated_getsNothing(Command command) {
    var before = state();
    for (var user : new String[] {"", "b", "nobody", "default"}) {
      for (var sample : CommandSamples.of(command, THERE)) {
        var stranger = new Bed(bed);
        if (!user.isEmpty()) {
          assertThat(stranger.ask("AUTH", user, "wrong")).isEqualTo(WRONGPASS);
        }
        var reply = stranger.ask(words(sample));
        switch (command) {
          case AUTH -> assertThat(reply).isEqualTo(WRONGPASS);
          case HELLO -> assertThat(reply).startsWith("-NOAUTH HELLO must be called");
          case RESET -> assertThat(reply).isEqualTo("+RESET\r\n");
          case QUIT -> assertThat(reply).isEqualTo("+OK\r\n");
          default -> assertThat(reply).isEqualTo(NOAUTH);
        }
        assertThat(OPEN.contains(command) || reply.equals(NOAUTH)).isTrue();
        stranger.channel.finishAndReleaseAll();
        bed.clock.advance(Duration.ofMinutes(11));
      }
    }
    assertThat(state()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(Command.class)
  void anotherTeam_seesWhatItWouldSeeIfNothingWereThere(Command command) {
    var before = state();
    for (int i = 0; i < CommandSamples.of(command, THERE).size(); i++) {
      for (boolean kept : new boolean[] {false, true}) {
        var there = new ArrayList<String>();
        for (var ns : List.of(THERE, ABSENT)) {
          var team = as("a");
          var sample = words(CommandSamples.of(command, ns).get(i));
          var reply = kept ? inside(team, sample) : team.ask(sample);
          there.add(reply.replace(ns, "NS").replaceAll("id\r\n:\\d+", "id"));
          team.channel.finishAndReleaseAll();
        }
        if (command != Command.TIME) {
          assertThat(there.get(0)).as("%s %d", command, i).isEqualTo(there.get(1));
        }
        assertThat(there.get(0)).doesNotContain(THERE, "$5\r\nvalue", "bytes\r\n", "gpu\r\n");
      }
    }
    assertThat(state()).isEqualTo(before);
  }

  private static String inside(Bed team, String... sample) {
    var replies = team.ask("MULTI") + team.ask(sample);
    return team.channel.isOpen() ? replies + team.ask("EXEC") : replies;
  }

  @ParameterizedTest
  @EnumSource(Command.class)
  void aReader_changesNothing(Command command) {
    var before = state();
    for (var sample : CommandSamples.of(command, THERE)) {
      for (boolean kept : new boolean[] {false, true}) {
        var reader = as("reader");
        var reply = kept ? inside(reader, words(sample)) : reader.ask(words(sample));
        assertThat(reply).isNotEmpty();
        reader.channel.finishAndReleaseAll();
      }
    }
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void rights_areChecked_withTheVerbAndWhere() {
    var reader = as("reader");
    assertThat(reader.ask("SET", "key", "x"))
        .isEqualTo("-NOPERM SET: user reader (expected: one with publish@redis)\r\n");
    assertThat(reader.ask("KVC.PUBLISH", THERE, "gpu", "1", "2"))
        .isEqualTo("-NOPERM KVC.PUBLISH: user reader (expected: one with publish@team-b-1)\r\n");
    assertThat(reader.ask("KVC.NAMESPACE", "DROP", THERE)).startsWith("-NOPERM ");
    assertThat(reader.ask("FLUSHALL")).endsWith("(expected: one with admin@*)\r\n");
    assertThat(reader.ask("CLIENT", "LIST")).startsWith("-NOPERM ");
    assertThat(reader.ask("GET", "key")).isEqualTo("$5\r\nvalue\r\n");
    var writer = as("writer");
    assertThat(writer.ask("SET", "key2", "x")).isEqualTo("+OK\r\n");
    assertThat(writer.ask("SET", "key2", "y", "GET"))
        .isEqualTo("-NOPERM SET: user writer (expected: one with read,publish@redis)\r\n");
    assertThat(writer.ask("GET", "key2")).startsWith("-NOPERM ");
    assertThat(writer.ask("KVC.MATCH", THERE, HASH, "HEX")).startsWith("-NOPERM ");
    assertThat(writer.ask("KVC.PUBLISH", THERE, "gpu", "1", "1")).isEqualTo(":1\r\n");
  }

  @Test
  void keysOfBlocks_areNobodysWhoMayReadKeysOnly() {
    var root = as("root");
    var key = blockKey(root);
    assertThat(root.ask("GET", key)).contains("bytes");
    var keys = as("keys");
    assertThat(keys.ask("GET", "key")).isEqualTo("$5\r\nvalue\r\n");
    for (var request :
        List.of(
            List.of("GET", key),
            List.of("MGET", "key", key),
            List.of("KVC.FETCH", "0", key),
            List.of("EXISTS", key),
            List.of("WATCH", key),
            List.of("MEMORY", "USAGE", key),
            List.of("DEL", key))) {
      assertThat(keys.ask(words(request))).startsWith("-NOPERM ");
    }
    assertThat(keys.ask("SCAN", "0")).startsWith("-NOPERM ");
    assertThat(root.ask("EXISTS", key)).isEqualTo(":1\r\n");
  }

  private static String blockKey(Bed root) {
    return root.ask("KEYS", "kvc:*")
        .lines()
        .filter(text -> text.startsWith("kvc:"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void list_hasWhatOneMaySee() {
    assertThat(as("a").ask("KVC.NAMESPACE", "LIST")).isEqualTo("*0\r\n");
    assertThat(as("b").ask("KVC.NAMESPACE", "LIST")).isEqualTo("*1\r\n$8\r\nteam-b-1\r\n");
    assertThat(as("reader").ask("KVC.NAMESPACE", "LIST")).startsWith("*2\r\n");
  }

  @Test
  void auth_inAPipeline_letsWhatFollowsPass() {
    var other = new Bed(bed);
    assertThat(
            other.send(
                Bed.request("GET", "key")
                    + Bed.request("AUTH", "reader", token("reader"))
                    + Bed.request("GET", "key")
                    + Bed.request("RESET")
                    + Bed.request("GET", "key")))
        .isEqualTo(NOAUTH + "+OK\r\n$5\r\nvalue\r\n+RESET\r\n" + NOAUTH);
  }

  @Test
  void auth_byTokenAlone_findsItsUser() {
    var other = new Bed(bed);
    assertThat(other.ask("AUTH", token("b"))).isEqualTo("+OK\r\n");
    assertThat(other.ask("ACL", "WHOAMI")).isEqualTo("$1\r\nb\r\n");
    assertThat(other.ask("AUTH", "default", token("reader"))).isEqualTo("+OK\r\n");
    assertThat(other.ask("ACL", "WHOAMI")).isEqualTo("$6\r\nreader\r\n");
    assertThat(other.ask("AUTH", "b", token("reader"))).isEqualTo(WRONGPASS);
    assertThat(other.ask("ACL", "WHOAMI")).isEqualTo("$6\r\nreader\r\n");
    assertThat(other.ask("AUTH", "a", "b", "c")).isEqualTo("-ERR syntax error\r\n");
  }

  @Test
  void hello_withCredentials_logsIn() {
    var other = new Bed(bed);
    assertThat(other.ask("HELLO", "3", "AUTH", "b", "wrong")).isEqualTo(WRONGPASS);
    assertThat(other.ask("HELLO", "3", "AUTH", "b", token("b"), "SETNAME", "me"))
        .startsWith("%7\r\n");
    assertThat(other.ask("CLIENT", "INFO")).contains(" name=me ", " user=b ");
    assertThat(other.ask("HELLO", "2")).startsWith("*14\r\n");
    var third = new Bed(bed);
    assertThat(third.ask("HELLO", "3", "AUTH", "b", token("b"), "NONSENSE"))
        .startsWith("-NOAUTH HELLO");
    assertThat(third.ask("PING")).isEqualTo(NOAUTH);
  }

  @Test
  void auth_insideMulti_isRefusedAndNotKept() {
    var reader = as("reader");
    assertThat(reader.ask("MULTI")).isEqualTo("+OK\r\n");
    assertThat(reader.ask("AUTH", "root", token("root")))
        .isEqualTo("-ERR AUTH inside MULTI is not allowed\r\n");
    assertThat(reader.ask("HELLO", "3", "AUTH", "root", token("root"))).startsWith("-ERR HELLO ");
    assertThat(reader.ask("EXEC")).startsWith("-EXECABORT ");
    assertThat(reader.ask("ACL", "WHOAMI")).isEqualTo("$6\r\nreader\r\n");
  }

  @Test
  void multi_whatWasKept_isCheckedAgainWhenItRuns() throws IOException {
    var b = as("b");
    b.ask("MULTI");
    assertThat(b.ask("KVC.MATCH", THERE, HASH, "HEX")).isEqualTo("+QUEUED\r\n");
    users(all().replace("read,publish@team-b-*", "read@team-c-*"));
    bed.context.reloadUsers();
    assertThat(b.ask("EXEC"))
        .isEqualTo("*1\r\n-NONAMESPACE team-b-1 (expected: one that exists)\r\n");
  }

  @Test
  void attachments_ofOneUser_areNotThoseOfTheNext() {
    var b = as("b");
    assertThat(b.ask("KVC.ATTACH", THERE, "MODEL", "m")).isEqualTo("+OK\r\n");
    assertThat(b.ask("KVC.READ", "0", THERE, "0", HASH, "HEX")).contains("bytes");
    assertThat(b.ask("AUTH", "a", token("a"))).isEqualTo("+OK\r\n");
    assertThat(b.ask("KVC.READ", "0", THERE, "0", HASH, "HEX"))
        .isEqualTo("-NONAMESPACE team-b-1 (expected: one that exists)\r\n");
  }

  @Test
  void largeValues_ofThoseWhoMayNotPublish_getNoPlace() {
    long before = bed.context.store().usedBytes();
    for (var user : new String[] {"", "reader", "a"}) {
      var other = user.isEmpty() ? new Bed(bed) : as(user);
      var frame = Bed.request("SET", "big", "x".repeat(100_000));
      other.write(Bed.bytes(frame.substring(0, 90_000)));
      assertThat(bed.context.store().usedBytes()).isEqualTo(before);
      assertThat(other.send(frame.substring(90_000))).startsWith("-NO");
      assertThat(other.ask("PING")).isEqualTo(user.isEmpty() ? NOAUTH : "+PONG\r\n");
      other.channel.finishAndReleaseAll();
    }
    assertThat(as("root").ask("EXISTS", "big")).isEqualTo(":0\r\n");
  }

  @Test
  void aDeniedPublish_isAnsweredInItsTurn() {
    var b = as("b");
    var reply =
        b.send(
            Bed.request("KVC.PUBLISH", THERE, "own", "1", "1", "SYNCED")
                + Bed.request("KVC.PUBLISH", "default", "own", "1", "1", "SYNCED")
                + Bed.request("KVC.PUBLISH", THERE, "own", "1", "2", "SYNCED"));
    assertThat(reply).isEqualTo(":1\r\n-NONAMESPACE default (expected: one that exists)\r\n:2\r\n");
    var reader = as("writer");
    assertThat(
            reader.send(
                Bed.request("KVC.PUBLISH", THERE, "w", "1", "1", "SYNCED")
                    + Bed.request("KVC.NAMESPACE", "DROP", THERE)))
        .startsWith(":1\r\n-NOPERM ");
  }

  @Test
  void reload_aUserWhoIsGone_isCut_andOthersGoOn() throws IOException {
    var b = as("b");
    var reader = as("reader");
    users(line("root", "admin@*") + line("reader", "read@team-b-*") + line("a", "read@x"));
    bed.context.reloadUsers();
    b.channel.runPendingTasks();
    assertThat(b.channel.isOpen()).isFalse();
    assertThat(bed.metric("incipit_connections_closed_total{reason=\"revoked\"}")).isEqualTo(1);
    assertThat(reader.ask("GET", "key")).startsWith("-NOPERM ");
    assertThat(reader.ask("KVC.OWNERS", THERE)).contains("gpu");
    assertThat(new Bed(bed).ask("AUTH", "b", token("b"))).isEqualTo(WRONGPASS);
  }

  @Test
  void reload_anotherToken_endsTheConnectionsOfTheOldOne() throws IOException {
    var b = as("b");
    var other = line("x", "read@*").split(" ", -1)[1];
    users(line("root", "admin@*") + "b " + other + " read,publish@team-b-*\n");
    bed.context.reloadUsers();
    b.channel.runPendingTasks();
    assertThat(b.channel.isOpen()).isFalse();
    assertThat(new Bed(bed).ask("AUTH", "b", token("x"))).isEqualTo("+OK\r\n");
  }

  @Test
  void failures_inARow_waitAndOthersGoOn() {
    var reader = as("reader");
    var stranger = new Bed(bed);
    for (int i = 0; i < 5; i++) {
      assertThat(stranger.ask("AUTH", "wrong")).isEqualTo(WRONGPASS);
    }
    stranger.write(Bed.bytes(Bed.request("AUTH", "wrong") + Bed.request("PING")));
    assertThat(stranger.read()).isEmpty();
    assertThat(reader.ask("GET", "key")).isEqualTo("$5\r\nvalue\r\n");
    bed.tick(Duration.ofMillis(999));
    assertThat(stranger.read()).isEmpty();
    bed.tick(Duration.ofMillis(1));
    assertThat(stranger.read()).isEqualTo(WRONGPASS + NOAUTH);

    // The right token waits, too: that it does not would tell.
    stranger.write(Bed.bytes(Bed.request("AUTH", token("b"))));
    bed.tick(Duration.ofMillis(1_999));
    assertThat(stranger.read()).isEmpty();
    bed.tick(Duration.ofMillis(1));
    assertThat(stranger.read()).isEqualTo("+OK\r\n");
    assertThat(new Bed(bed).ask("AUTH", "wrong")).isEqualTo(WRONGPASS);
    assertThat(bed.metric("incipit_logins_total{outcome=\"delayed\"}")).isEqualTo(2);
    assertThat(bed.metric("incipit_logins_total{outcome=\"refused\"}")).isEqualTo(7);
  }

  @Test
  void tokens_areNowhereToBeRead() {
    var root = as("root");
    root.ask("AUTH", "root", token("b"));
    var shown =
        root.ask("CLIENT", "LIST")
            + root.ask("ACL", "LIST")
            + root.ask("INFO", "everything")
            + root.ask("CONFIG", "GET", "*")
            + root.ask("KVC.STATS")
            + new String(bed.context.metrics().exposition("").body(), StandardCharsets.UTF_8);
    assertThat(shown).contains("user=root", "user b read,publish@team-b-*");
    assertThat(shown).doesNotContain("token-of", line("b", "read@*").split("[: ]", -1)[2]);
    assertThat(root.ask("CLIENT", "KILL", "USER", "nobody")).startsWith("-ERR No such user");
  }

  @Test
  void aStranger_sendsNoLargeRequest() {
    var begun = "*4\r\n$9\r\nKVC.MATCH\r\n$8\r\nteam-b-1\r\n$60000\r\n" + "a".repeat(20_000);
    var stranger = new Bed(bed);
    assertThat(stranger.send(begun)).isEqualTo(NOAUTH);
    assertThat(stranger.ends()).isTrue();
    var known = as("b");
    assertThat(known.send(begun)).isEmpty();
    assertThat(known.send("a".repeat(40_000) + "\r\n$3\r\nHEX\r\n")).startsWith("*");
    var late = new Bed(bed);
    assertThat(late.send(Bed.request("AUTH", "b", token("b")) + begun)).isEqualTo("+OK\r\n");
    assertThat(late.send("a".repeat(40_000) + "\r\n$3\r\nHEX\r\n")).startsWith("*");
  }
}
