// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.protocol.Command;
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
    assertThat(bed.ask("CLIENT", "KILL")).startsWith("-ERR unknown subcommand 'KILL'.");
    assertThat(bed.ask("CLIENT", "ID", "x")).startsWith("-ERR wrong number of arguments");
    assertThat(bed.ask("CLIENT", "SETNAME", "a b")).startsWith("-ERR Client names cannot");
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
  }

  @Test
  void config_get_answersWhatToolsAskFor() {
    assertThat(bed.ask("CONFIG", "GET", "save")).isEqualTo("*2\r\n$4\r\nsave\r\n$0\r\n\r\n");
    assertThat(bed.ask("CONFIG", "GET", "*")).startsWith("*6\r\n");
    assertThat(bed.ask("CONFIG", "GET", "none")).isEqualTo("*0\r\n");
    assertThat(bed.ask("CONFIG", "SET", "a", "b")).startsWith("-ERR unknown subcommand");
  }
}
