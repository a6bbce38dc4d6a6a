// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.secure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClientLinesTest {
  private static List<String> lines(String bind, boolean encrypted, boolean users, String home) {
    return new ClientLines(
            bind,
            7379,
            bind,
            7380,
            encrypted,
            users,
            Optional.of(home)
                .filter(name -> !name.isEmpty())
                .map(name -> new SecureHome(Path.of(name))))
        .all().stream().map(line -> line.what() + ": " + line.text()).toList();
  }

  @Test
  void lines_ofAServerForEverybody() {
    assertThat(lines("127.0.0.1", false, false, ""))
        .containsExactly("Try: redis-cli -p 7379 KVC.STATS", "Look: http://127.0.0.1:7380/");
    assertThat(lines("::1", false, false, ""))
        .containsExactly("Try: redis-cli -h ::1 -p 7379 KVC.STATS", "Look: http://[::1]:7380/");
  }

  @Test
  void lines_ofWhatIsNotKnown_haveNamesInCapitals() {
    assertThat(lines("127.0.0.1", true, false, ""))
        .containsExactly(
            "Try: redis-cli --tls --cacert CA.pem -p 7379 KVC.STATS",
            "Look: https://localhost:7380/");
    assertThat(lines("10.0.0.5", true, true, ""))
        .containsExactly(
            "Try: REDISCLI_AUTH=\"$(cat TOKEN.file)\" redis-cli --tls --cacert CA.pem -h 10.0.0.5"
                + " -p 7379 KVC.STATS",
            "Look: printf 'Authorization: Bearer %s' \"$(cat TOKEN.file)\" | curl --cacert CA.pem"
                + " -H @- https://10.0.0.5:7380/metrics");
    assertThat(lines("127.0.0.1", false, true, ""))
        .containsExactly(
            "Try: REDISCLI_AUTH=\"$(cat TOKEN.file)\" redis-cli -p 7379 KVC.STATS",
            "Look: printf 'Authorization: Bearer %s' \"$(cat TOKEN.file)\" | curl -H @-"
                + " http://localhost:7380/metrics");
  }

  @Test
  void lines_ofAHome_areQuotedAsTheirLanguagesWant() {
    assertThat(lines("0.0.0.0", true, true, "/a \"b'"))
        .containsExactly(
            "Try: REDISCLI_AUTH=\"$(cat '/a \"b'\\''/admin.token')\" redis-cli --tls"
                + " --cacert '/a \"b'\\''/ca.pem' -p 7379 KVC.STATS",
            "Look: printf 'Authorization: Bearer %s' \"$(cat '/a \"b'\\''/admin.token')\" | curl"
                + " --cacert '/a \"b'\\''/ca.pem' -H @- https://localhost:7380/metrics",
            "Java: new IncipitClient(ClientConfig.of(\"localhost\","
                + " 7379).withTls(ClientTls.ofCa(Path.of(\"/a \\\"b'/ca.pem\")))"
                + ".with(Credentials.ofFile(\"admin\", Path.of(\"/a \\\"b'/admin.token\"))))",
            "Python: incipit.Client(\"localhost\", 7379, ca=\"/a \\\"b'/ca.pem\","
                + " token_file=\"/a \\\"b'/admin.token\")");
  }
}
