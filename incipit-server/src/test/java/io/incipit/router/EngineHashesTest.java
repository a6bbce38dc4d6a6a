// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Namespaces in which blocks have the names that engines give them: tokens, the engine's hashes in
/// every spelling and the index meet at one key.
class EngineHashesTest {
  /// Of tokens 0..15 and 16..31 with seed 0, as vLLM has them.
  private static final String FIRST =
      "d830de3d42c00f25a2949b5d12d98642664a44872c1614c5b0147556276afc9c";

  private static final String SECOND =
      "fedd9e4abebebbe6f6cf96b682f08d316063fe2f22a5c552192dd62904fcccac";
  private static final String TOKENS =
      "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31]";
  private static final String WORKER =
      """
      {"model_name": "m", "instance_id": "%s", "endpoint": "tcp://127.0.0.1:%d",
       "block_size": 16%s}""";

  private final RouterBed bed = new RouterBed();

  @AfterEach
  void close() {
    bed.close();
  }

  private static long key(String digest) {
    return Long.parseUnsignedLong(digest.substring(48), 16);
  }

  private int tokens(String path, String body) {
    var answer = bed.post(200, path, body);
    return answer.path("instances").path("a").path("longest_matched").asInt(0);
  }

  private String error(int status, String path, String body) {
    return bed.post(status, path, body).get("error").asString();
  }

  @Test
  void query_byTokensAndByHashes_meetAtOneKey() throws Exception {
    bed.post(
        201,
        "/register",
        WORKER.formatted("a", 5557, ", \"hash\": \"sha256_cbor\", \"seed\": \"0\""));
    var chain = BlockChain.of(key(FIRST), key(SECOND));
    bed.publish("m", "a", 2, RouterBed.clear(), RouterBed.store(Tier.GPU, chain));

    var query = "{\"model_name\": \"m\", \"%s\": %s}";
    assertThat(tokens("/query", query.formatted("token_ids", TOKENS))).isEqualTo(32);
    for (var hashes :
        List.of(
            "[%s, %s]".formatted(Long.toUnsignedString(key(FIRST)), key(SECOND)),
            "[\"0x%016x\", \"%d\"]".formatted(key(FIRST), key(SECOND)),
            "[\"%s\", \"0x%s\"]".formatted(FIRST, SECOND))) {
      assertThat(tokens("/query_by_hash", query.formatted("seq_hashes", hashes))).isEqualTo(32);
    }
    var salted = "{\"model_name\": \"m\", \"cache_salt\": \"s\", \"token_ids\": " + TOKENS + "}";
    assertThat(tokens("/query", salted)).isZero();
    var adapted = "{\"model_name\": \"m\", \"lora_name\": \"poet\"%s, \"token_ids\": %s}";
    assertThat(error(400, "/query", adapted.formatted("", TOKENS)))
        .startsWith("lora_name: poet (expected: with vLLM's hashes lora_path beside it");
    assertThat(tokens("/query", adapted.formatted(", \"lora_path\": \"/a\"", TOKENS))).isZero();
  }

  @Test
  void register_otherNaming_isRefusedNamingBoth() {
    var declared = ", \"hash\": \"sha256_cbor\", \"seed\": \"0\"";
    bed.post(201, "/register", WORKER.formatted("a", 5557, declared));
    bed.post(201, "/register", WORKER.formatted("b", 5558, declared));
    assertThat(error(409, "/register", WORKER.formatted("c", 5559, "")))
        .isEqualTo(
            "hash: incipit.chain.1 (expected: sha256_cbor,seed=0, as in all of namespace m)");
    assertThat(error(409, "/register", WORKER.formatted("c", 5559, declared + ",\"lookahead\":1")))
        .isEqualTo(
            "hash: sha256_cbor,seed=0,lookahead=1"
                + " (expected: sha256_cbor,seed=0, as in all of namespace m)");
    assertThat(error(409, "/register", WORKER.formatted("a", 5557, ", \"hash\": \"sha256\"")))
        .startsWith("worker: a is followed at");
    assertThat(error(400, "/register", WORKER.formatted("c", 5559, ", \"hash\": \"md5\"")))
        .startsWith("hash: md5 (expected: sha256, ");
    assertThat(
            error(
                409,
                "/register",
                WORKER
                    .formatted("c", 5559, ", \"hash\": \"sha256\"")
                    .replace("16", "8193")
                    .replace("\"m\"", "\"n\"")))
        .isEqualTo("block: 8193 tokens (expected: at most 8192 with sha256)");
  }

  /// A pool says itself what it holds, by all bytes of vLLM's hashes or by eight of them.
  @Test
  void query_namespaceOfAPool_isAskedByTokensToo() throws Exception {
    for (int width : new int[] {8, 16, 32}) {
      var name = "pool" + width;
      var namespace = new Namespace(name, 16, width, "sha256_cbor,seed=0", name, "");
      assertThat(bed.service.answer(new Op.CreateNamespace(namespace)))
          .isInstanceOf(Reply.Done.class);
      var digest = HexFormat.of().parseHex(FIRST);
      var chain = BlockChain.wrap(digest, digest.length - width, 1, width);
      bed.publish(name, "a", 1, RouterBed.store(Tier.REMOTE, chain));
      var query = "{\"model_name\": \"%s\", \"token_ids\": %s}".formatted(name, TOKENS);
      if (width == 16) {
        assertThat(error(400, "/query", query))
            .isEqualTo(
                "token_ids: hashes of pool16 have 16 bytes"
                    + " (expected: 8, or all that sha256_cbor,seed=0 has)");
      } else {
        assertThat(tokens("/query", query)).isEqualTo(16);
      }
      var hex = FIRST.substring(2 * (32 - width));
      var byHash =
          "{\"model_name\": \"%s\", \"seq_hashes\": [\"%s\"]}"
              .formatted(name, width == 8 ? "0x" + hex : hex);
      assertThat(tokens("/query_by_hash", byHash)).isEqualTo(16);
    }
  }
}
