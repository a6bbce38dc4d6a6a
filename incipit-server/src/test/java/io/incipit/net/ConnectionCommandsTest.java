// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.protocol.Command;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionCommandsTest {
  private final Bed bed = new Bed();

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  @Test
  void hello_choosesTheVersion() {
    assertThat(bed.ask("HELLO")).startsWith("*14\r\n$6\r\nserver\r\n$7\r\nincipit\r\n");
    assertThat(bed.ask("CLIENT", "GETNAME")).isEqualTo("$-1\r\n");
    assertThat(bed.ask("HELLO", "3", "SETNAME", "me")).startsWith("%7\r\n").contains("proto\r\n:3");
    assertThat(bed.ask("CLIENT", "GETNAME")).isEqualTo("$2\r\nme\r\n");
    assertThat(bed.ask("CLIENT", "SETNAME", "")).isEqualTo("+OK\r\n");
    assertThat(bed.ask("CLIENT", "GETNAME")).isEqualTo("_\r\n");
    assertThat(bed.ask("HELLO", "2")).startsWith("*14\r\n");
  }

  @Test
  void hello_withCredentials_isAsRedisWithoutPasswords() {
    assertThat(bed.ask("HELLO", "3", "AUTH", "default", "x", "SETNAME", "a")).startsWith("%7");
    assertThat(bed.ask("HELLO", "3", "AUTH", "root", "x")).startsWith("-WRONGPASS ");
    assertThat(bed.ask("HELLO", "3", "AUTH", "root")).startsWith("-ERR Syntax error in HELLO");
    assertThat(bed.ask("HELLO", "4")).isEqualTo("-NOPROTO unsupported protocol version\r\n");
  }

  @Test
  void client_saysWhatItKnows() {
    assertThat(bed.ask("CLIENT", "ID")).isEqualTo(":1\r\n");
    assertThat(bed.ask("CLIENT", "SETINFO", "LIB-NAME", "jedis")).isEqualTo("+OK\r\n");
    assertThat(bed.ask("CLIENT", "SETINFO", "lib-ver", "8.0")).isEqualTo("+OK\r\n");
    assertThat(bed.ask("CLIENT", "INFO")).contains("id=1 ", "lib-name=jedis lib-ver=8.0");
    assertThat(bed.ask("CLIENT", "LIST")).contains("id=1 ");
    assertThat(bed.ask("CLIENT", "NO-EVICT", "on")).isEqualTo("+OK\r\n");
    assertThat(bed.ask("CLIENT", "NO-TOUCH", "maybe")).isEqualTo("-ERR syntax error\r\n");
    assertThat(bed.ask("CLIENT", "PAUSE", "1")).startsWith("-ERR unknown subcommand 'PAUSE'.");
    assertThat(bed.ask("CLIENT", "ID", "x")).startsWith("-ERR wrong number of arguments");
    assertThat(bed.ask("CLIENT", "SETNAME", "a b")).startsWith("-ERR Client names cannot");
    assertThat(bed.ask("CLIENT", "SETNAME", "n".repeat(129)))
        .isEqualTo("-ERR client name: 129 bytes (expected: at most 128)\r\n");
    assertThat(bed.ask("CLIENT", "SETINFO", "LIB-NAME", "n".repeat(129)))
        .isEqualTo("-ERR lib-name: 129 bytes (expected: at most 128)\r\n");
    assertThat(bed.ask("CLIENT", "GETREDIR")).isEqualTo(":-1\r\n");
    assertThat(bed.ask("CLIENT", "TRACKINGINFO"))
        .startsWith("*6\r\n$5\r\nflags\r\n*1\r\n$3\r\noff");
    assertThat(bed.ask("CLIENT", "TRACKING", "off")).isEqualTo("+OK\r\n");
    assertThat(bed.ask("CLIENT", "TRACKING", "on")).startsWith("-ERR Client tracking is not");
    assertThat(bed.ask("CLIENT", "UNPAUSE")).isEqualTo("+OK\r\n");
  }

  /// The fields of Redis 7, in its order, so that tools that split by position find them too.
  @Test
  void clientList_hasTheFieldsOfRedis() {
    bed.ask("PING");
    bed.clock.advance(Duration.ofSeconds(3));
    var line = bed.ask("CLIENT", "LIST").lines().skip(1).findFirst().orElseThrow();
    assertThat(Arrays.stream(line.split(" ", -1)).map(field -> field.replaceAll("=.*", "")))
        .containsExactly(
            ("id addr laddr fd name age idle flags db sub psub ssub multi watch qbuf qbuf-free"
                    + " argv-mem multi-mem rbs rbp obl oll omem tot-mem events cmd user redir resp"
                    + " lib-name lib-ver")
                .split(" ", -1));
    assertThat(line).contains(" age=3 idle=0 ", " cmd=client|list ", " multi=-1 ");
    assertThat(bed.ask("CLIENT", "LIST", "ID", "1")).contains("id=1 ");
    assertThat(bed.ask("CLIENT", "LIST", "ID", "2")).isEqualTo("$0\r\n\r\n");
    assertThat(bed.ask("CLIENT", "LIST", "TYPE", "normal")).contains("id=1 ");
    assertThat(bed.ask("CLIENT", "LIST", "TYPE", "pubsub")).isEqualTo("$0\r\n\r\n");
    assertThat(bed.ask("CLIENT", "LIST", "TYPE", "x")).startsWith("-ERR Unknown client type 'x'");
  }

  @Test
  void clientKill_endsWhatFits() {
    assertThat(bed.ask("CLIENT", "KILL", "1.2.3.4:5")).isEqualTo("-ERR No such client\r\n");
    assertThat(bed.ask("CLIENT", "KILL", "ID", "1")).isEqualTo(":0\r\n");
    assertThat(bed.ask("CLIENT", "KILL", "ID", "0"))
        .isEqualTo("-ERR client-id should be greater than 0\r\n");
    assertThat(bed.ask("CLIENT", "KILL", "FOO", "x")).isEqualTo("-ERR syntax error\r\n");
    assertThat(bed.ask("CLIENT", "KILL", "USER", "me")).isEqualTo("-ERR No such user 'me'\r\n");
    assertThat(bed.ask("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "no")).isEqualTo(":0\r\n");
    assertThat(bed.channel.isOpen()).isTrue();
    assertThat(bed.ask("CLIENT", "KILL", "ID", "1", "SKIPME", "no")).isEqualTo(":1\r\n");
    assertThat(bed.channel.isOpen()).isFalse();
  }

  @Test
  void auth_isAsRedisWithoutPasswords() {
    assertThat(bed.ask("AUTH", "default", "x")).isEqualTo("+OK\r\n");
    assertThat(bed.ask("AUTH", "x"))
        .isEqualTo(
            "-ERR AUTH <password> called without any password configured for the default user."
                + " Are you sure your configuration is correct?\r\n");
    assertThat(bed.ask("AUTH", "root", "x"))
        .isEqualTo("-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    assertThat(bed.ask("AUTH", "a", "b", "c")).isEqualTo("-ERR syntax error\r\n");
  }

  @Test
  void help_ofEveryContainer_isThere() {
    for (var name :
        "CLIENT CONFIG COMMAND MEMORY SLOWLOG LATENCY MODULE KVC.NAMESPACE".split(" ", -1)) {
      assertThat(bed.ask(name, "HELP"))
          .contains("+" + name + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n")
          .endsWith("+HELP\r\n+    Prints this help.\r\n");
      assertThat(bed.ask(name, "HELP", "x")).startsWith("-");
    }
    for (var command : Command.all()) {
      if (command.wireName().startsWith("KVC.")) {
        assertThat(bed.ask("KVC.HELP")).contains("+" + command.wireName(), command.summary());
      }
    }
  }

  @Test
  void tools_areAnsweredAsByAnEmptyRedis() {
    assertThat(bed.ask("DBSIZE")).isEqualTo(":0\r\n");
    assertThat(bed.ask("SCAN", "0", "MATCH", "*", "COUNT", "9"))
        .isEqualTo("*2\r\n$1\r\n0\r\n*0\r\n");
    assertThat(bed.ask("SCAN", "x")).isEqualTo("-ERR invalid cursor\r\n");
    assertThat(bed.ask("SCAN", "0", "FOO", "1")).isEqualTo("-ERR syntax error\r\n");
    assertThat(bed.ask("SLOWLOG", "GET", "-1")).isEqualTo("*0\r\n");
    assertThat(bed.ask("SLOWLOG", "GET", "x")).startsWith("-ERR count should be greater than or");
    assertThat(bed.ask("SLOWLOG", "LEN")).isEqualTo(":0\r\n");
    assertThat(bed.ask("LATENCY", "LATEST")).isEqualTo("*0\r\n");
    assertThat(bed.ask("LATENCY", "GRAPH", "x"))
        .isEqualTo("-ERR No samples available for event 'x'\r\n");
    assertThat(bed.ask("MEMORY", "USAGE", "k")).isEqualTo("$-1\r\n");
    assertThat(bed.ask("MEMORY", "FOO"))
        .isEqualTo("-ERR unknown subcommand 'FOO'. Try MEMORY HELP.\r\n");
    assertThat(bed.ask("MEMORY", "STATS")).contains("total.allocated\r\n:");
    assertThat(bed.ask("ROLE")).isEqualTo("*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n");
    assertThat(bed.ask("MODULE", "LIST")).isEqualTo("*0\r\n");
    assertThat(bed.ask("TIME")).startsWith("*2\r\n$");
    assertThat(bed.ask("LASTSAVE")).startsWith(":");
    assertThat(bed.ask("HGET", "key")).startsWith("-ERR unknown command 'HGET'");
  }

  @Test
  void select_onlyZero() {
    assertThat(bed.ask("SELECT", "0")).isEqualTo("+OK\r\n");
    assertThat(bed.ask("SELECT", "1")).isEqualTo("-ERR DB index is out of range\r\n");
    assertThat(bed.ask("SELECT", "x")).startsWith("-ERR value is not an integer");
  }

  @Test
  void reset_makesTheConnectionNew() {
    bed.ask("HELLO", "3", "SETNAME", "me");
    assertThat(bed.ask("RESET")).isEqualTo("+RESET\r\n");
    assertThat(bed.ask("CLIENT", "GETNAME")).isEqualTo("$-1\r\n");
    var pipeline = Bed.request("HELLO", "3") + Bed.request("RESET") + Bed.request("KVC.STATS");
    assertThat(bed.send(pipeline))
        .startsWith("%7")
        .contains("+RESET\r\n*")
        .doesNotContain("blocks\r\n:");
  }

  @Test
  void quit_answersThenCloses() {
    assertThat(bed.send(Bed.request("QUIT") + Bed.request("PING"))).isEqualTo("+OK\r\n");
    assertThat(bed.channel.isOpen()).isFalse();
  }

  @Test
  void command_showsTheTable() {
    int count = Command.all().size();
    assertThat(bed.ask("COMMAND", "COUNT")).isEqualTo(":" + count + "\r\n");
    assertThat(bed.ask("COMMAND")).startsWith("*" + count + "\r\n*10\r\n$9\r\nkvc.match\r\n:-3");
    assertThat(bed.ask("COMMAND", "LIST")).startsWith("*" + count + "\r\n$9\r\nkvc.match");
    assertThat(bed.ask("COMMAND", "INFO", "ping", "none"))
        .startsWith("*2\r\n*10\r\n")
        .endsWith("$-1\r\n");
    for (var command : Command.all()) {
      assertThat(bed.ask("COMMAND", "DOCS", command.wireName())).contains(command.summary());
    }
    assertThat(bed.ask("COMMAND", "GETKEYS")).startsWith("-ERR unknown subcommand");
  }

  @Test
  void info_hasSections() {
    assertThat(bed.ask("INFO"))
        .contains("# Server\r\nredis_version:", "role:master", "maxclients:100");
    assertThat(bed.ask("INFO", "replication")).contains("role:master").doesNotContain("# Server");
    assertThat(bed.ask("INFO", "nothing")).isEqualTo("$0\r\n\r\n");
    assertThat(bed.ask("INFO"))
        .contains(
            "redis_git_sha1:",
            "os:",
            "arch_bits:64",
            "multiplexing_api:",
            "process_id:",
            "run_id:",
            "uptime_in_days:0",
            "hz:10",
            "used_memory_human:",
            "total_system_memory:",
            "total_connections_received:",
            "total_commands_processed:",
            "instantaneous_ops_per_sec:",
            "used_cpu_user:",
            "cluster_enabled:0",
            "# Keyspace\r\n");
    for (var section :
        "modules cpu persistence commandstats errorstats latencystats cluster".split(" ", -1)) {
      assertThat(bed.ask("INFO", section).toLowerCase(Locale.ROOT)).contains("# " + section);
    }
    bed.ask("KVC.MATCH", "none", "");
    assertThat(bed.ask("INFO", "errorstats")).contains("errorstat_NONAMESPACE:count=1\r\n");
    assertThat(bed.ask("INFO", "commandstats")).contains("cmdstat_kvc.match:calls=1,usec=");
    assertThat(bed.ask("INFO", "all")).contains("# Commandstats", "# Server");
    assertThat(bed.ask("INFO", "default")).doesNotContain("# Commandstats").contains("# Server");
  }

  @Test
  void info_rate_isOfTheTimeSinceItWasAskedLast() {
    bed.ask("INFO", "stats");
    bed.ask("PING");
    bed.ask("PING");
    bed.ask("PING");
    bed.clock.advance(Duration.ofSeconds(2));
    assertThat(bed.ask("INFO", "stats")).contains("instantaneous_ops_per_sec:2\r\n");
  }

  @Test
  void config_get_answersWhatToolsAskFor() {
    assertThat(bed.ask("CONFIG", "GET", "save")).isEqualTo("*2\r\n$4\r\nsave\r\n$0\r\n\r\n");
    assertThat(bed.ask("CONFIG", "GET", "*")).startsWith("*26\r\n");
    assertThat(bed.ask("CONFIG", "GET", "S?VE", "append*")).startsWith("*4\r\n$10\r\nappendonly");
    assertThat(bed.ask("CONFIG", "GET", "*?".repeat(60))).isEqualTo("*0\r\n");
    assertThat(bed.ask("CONFIG", "GET", "none")).isEqualTo("*0\r\n");
    var many = new String[103];
    Arrays.fill(many, "*");
    many[0] = "CONFIG";
    many[1] = "GET";
    assertThat(bed.ask(many)).isEqualTo("-ERR 101 words (expected: at most 100)\r\n");
    many[0] = "COMMAND";
    many[1] = "DOCS";
    assertThat(bed.ask(many)).isEqualTo("-ERR 101 words (expected: at most 100)\r\n");
    assertThat(bed.ask("CONFIG", "SET", "a", "b"))
        .isEqualTo("-ERR Unknown option or number of arguments for CONFIG SET - 'a'\r\n");
    assertThat(bed.ask("CONFIG", "SET", "save", "b")).endsWith("can't set immutable config\r\n");
    assertThat(bed.ask("CONFIG", "REWRITE")).endsWith("without a config file\r\n");
  }

  @Test
  void rows_inResp3_areMapsWithNumbers() {
    bed.ask("KVC.PUBLISH", "default", "o", "1", "1", "SYNCED");
    assertThat(bed.ask("KVC.OWNERS", "default", "o"))
        .startsWith("*1\r\n*10\r\n$5\r\nowner\r\n$1\r\n");
    assertThat(bed.ask("KVC.OWNERS", "default", "FROM", "4294967295")).isEqualTo("*0\r\n");
    bed.ask("HELLO", "3");
    assertThat(bed.ask("KVC.OWNERS", "default", "o"))
        .startsWith("*1\r\n%5\r\n$5\r\nowner\r\n:0\r\n");
    assertThat(bed.ask("KVC.STATS", "default")).startsWith("%").contains("blocks\r\n:0\r\n");
    assertThat(bed.ask("KVC.NAMESPACE", "DESCRIBE", "default")).contains("hash-bytes\r\n:8\r\n");
  }
}
