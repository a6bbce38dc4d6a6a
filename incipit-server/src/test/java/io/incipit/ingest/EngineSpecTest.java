// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.ingest.chain.Naming;
import io.incipit.ingest.discover.EngineGiven;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineSpecTest {
  @Test
  void parse_leastThatIsNeeded_hasDefaults() {
    assertThat(EngineSpec.parse("tcp://10.0.0.5:5557,model=llama"))
        .isEqualTo(
            new SourceConfig(
                "10.0.0.5:5557",
                0,
                "tcp://10.0.0.5:5557",
                false,
                Optional.empty(),
                "llama",
                "llama",
                16,
                true));
  }

  @Test
  void parse_everything_isTaken() {
    var config =
        EngineSpec.parse(
            "tcp://*:7,replay=tcp://[::1]:8,rank=2,worker=a,namespace=n,model=m,block=128,copies=once,"
                + "capacity=500");
    assertThat(config)
        .isEqualTo(
            new SourceConfig(
                "a",
                2,
                "tcp://*:7",
                true,
                Optional.of("tcp://[::1]:8"),
                "n",
                "m",
                128,
                false,
                Naming.OWN,
                OptionalInt.of(500)));
    assertThat(config)
        .isInstanceOfSatisfying(
            SourceConfig.class, stream -> assertThat(stream.owner()).isEqualTo("a#2"));
  }

  @Test
  void parse_hash_isHowBlocksAreNamed() {
    var names = ",model=m,hash=sha256_cbor,seed=0,lookahead=1";
    assertThat(EngineSpec.parse("tcp://a:1" + names))
        .isInstanceOfSatisfying(
            SourceConfig.class,
            config ->
                assertThat(config.naming().text()).isEqualTo("sha256_cbor,seed=0,lookahead=1"));
    assertThat(EngineSpec.parse("http://a:1" + names))
        .isInstanceOfSatisfying(
            EngineUrl.class, url -> assertThat(url.shown().naming()).isEqualTo(url.naming()));
  }

  @Test
  void parse_url_leavesTheRestToTheEngine() {
    assertThat(EngineSpec.parse("http://10.0.0.5:8000/"))
        .isEqualTo(
            new EngineUrl(
                new EngineGiven(
                    URI.create("http://10.0.0.5:8000"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty()),
                "10.0.0.5:8000",
                Optional.empty(),
                true));
  }

  @Test
  void parse_urlAndEverything_isTaken() {
    assertThat(
            EngineSpec.parse(
                "https://gate/a,endpoint=tcp://*:1,replay=tcp://b:2,model=m,block=32,rank=1,"
                    + "namespace=n,worker=w,copies=once,capacity=9000"))
        .isEqualTo(
            new EngineUrl(
                new EngineGiven(
                    URI.create("https://gate/a"),
                    Optional.of("tcp://*:1"),
                    Optional.of("tcp://b:2"),
                    Optional.of("m"),
                    OptionalInt.of(32),
                    OptionalInt.of(1),
                    OptionalInt.of(9_000)),
                "w",
                Optional.of("n"),
                false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tcp://a:1 | engine: tcp://a:1 (expected: model=NAME behind it",
        "a:1,model=m | engine: a:1 (expected: tcp://HOST:PORT",
        "tcp://a:0,model=m | engine: port=0 (expected: port=1 to 65535)",
        "tcp://a:70000,model=m | engine: port=70000 (expected: port=1 to 65535)",
        "tcp://a:1,model=m,block=0 | engine: block=0 (expected: block=1 to 65536)",
        "tcp://a:1,model=m,replay=b | engine: b (expected: tcp://HOST:PORT",
        "tcp://a:1,model=m,modle=n | engine: modle=n (expected: model=NAME, replay=ADDRESS",
        "tcp://a:1,model=m,model=n | engine: model=n (expected: model=NAME, replay=ADDRESS",
        "tcp://a:1,model=m,hash=md5 | hash: md5 (expected: sha256, sha256_cbor, xxhash",
        "tcp://a:1,model=m,hash=xxhash | seed: absent (expected: the engines' PYTHONHASHSEED",
        "tcp://a:1,model=m,lookahead=x | engine: lookahead=x (expected: lookahead=0 to",
        "http://,model=m | engine: http:// (expected: http://HOST:PORT",
        "http://u:p@a:1 | engine: http://u:p@a:1 (expected: http://HOST:PORT",
        "http://a:1?b | engine: http://a:1?b (expected: http://HOST:PORT",
        "http://a:70000 | engine: http://a:70000 (expected: http://HOST:PORT",
        "http://a:1,model= | model: empty (expected: 1 to",
        "http://a:1,endpoint=b:1 | engine: b:1 (expected: tcp://HOST:PORT",
        "tcp://a:1,model=m,endpoint=tcp://b:1 | engine: endpoint=tcp://b:1 (expected: model=NAME",
        "ftp://a:1 | engine: ftp://a:1 (expected: tcp://HOST:PORT",
        "tcp://a:1,model=m,capacity=0 | engine: capacity=0 (expected: capacity=1 to 2147483647)",
        "tcp://a:1,model=m,copies=2 | engine: copies=2 (expected: copies=each, or copies=once)",
      })
  void parse_whatCannotBe_isNamed(String text, String message) {
    assertThatThrownBy(() -> EngineSpec.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }
}
