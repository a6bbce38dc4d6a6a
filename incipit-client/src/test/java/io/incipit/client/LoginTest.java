// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.Namespace;
import io.incipit.block.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginTest {
  private static final String TOKEN = "incipit_secret";

  @TempDir private Path directory;
  private final ManualTime time = new ManualTime();
  private final FakeNetwork network = new FakeNetwork();
  private IncipitClient client = client("me");

  private IncipitClient client(String user) {
    var config = ClientConfig.of("host", 7379).withUser(user, TOKEN);
    return new IncipitClient(config, network, time, time);
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  @Test
  void requests_waitUntilTheServerKnowsWhoAsks() throws Exception {
    var answer = client.createNamespace(Namespace.DEFAULT);
    var peer = network.peer();
    assertThat(peer.request()).containsExactly("AUTH", "me", TOKEN);
    assertThat(peer.writeCount.get()).isEqualTo(1);
    peer.send("+O");
    peer.send("K\r\n");
    assertThat(peer.request()).startsWith("KVC.NAMESPACE");
    peer.reply(new Reply.Done());
    assertThat(answer.get()).isEqualTo(new Reply.Done());
  }

  @Test
  void withoutAName_theTokenSaysWhoItIs() {
    client.close();
    client = client("");
    var _ = client.createNamespace(Namespace.DEFAULT);
    assertThat(network.peer().request()).containsExactly("AUTH", TOKEN);
  }

  @Test
  void aRefusal_failsWhatWaits_andNeverSaysTheToken() {
    var answer = client.createNamespace(Namespace.DEFAULT);
    network.peer().send("-WRONGPASS invalid\r\n");
    assertThatThrownBy(answer::get)
        .hasMessageContaining("host:7379 was refused: WRONGPASS invalid")
        .satisfies(failure -> assertThat(failure.toString()).doesNotContain(TOKEN));
    assertThat(ClientConfig.of("host", 1).withUser("me", TOKEN).toString())
        .contains("user me")
        .doesNotContain(TOKEN);
  }

  @Test
  void ofFile_takesTheTokenFromAFileThatIsKept() throws IOException {
    var file = Files.writeString(directory.resolve("token"), TOKEN + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatIOException()
        .isThrownBy(() -> Credentials.ofFile("me", file))
        .withMessageContaining("mode 0644 (expected: 0600 or 0640");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(Credentials.ofFile("me", file)).isEqualTo(Credentials.of("me", TOKEN));
  }
}
