// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import static io.incipit.bench.load.RespClient.encode;
import static io.incipit.bench.load.RespClient.word;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;

/// The chains that both servers hold: [#CHAINS] of [#BLOCKS] blocks with 16-byte hashes. Four at a
/// time share a third, of which two at a time share another, so that a look-up crosses three runs;
/// the four have different owners.
final class StoredChains {
  static final int BLOCKS = 767;

  private static final int CHAINS = 1_000;
  private static final int HASH_BYTES = 16;
  private static final int OWNERS = 4;
  private static final int KEYS_AT_ONCE = 200;
  private static final byte[] NAMESPACE = word("bench");

  /// Chain, block, hash.
  private final List<List<byte[]>> chains = new ArrayList<>();

  StoredChains(long seed) {
    var hashes = new BlockHashes(seed);
    for (int i = 0; i < CHAINS; i++) {
      var chain = new ArrayList<byte[]>();
      for (int block = 0; block < BLOCKS; block++) {
        long number = (long) firstWith(i, block) * BLOCKS + block;
        long high = hashes.hash(2 * number);
        long low = hashes.hash(2 * number + 1);
        chain.add(ByteBuffer.allocate(HASH_BYTES).putLong(high).putLong(low).array());
      }
      chains.add(chain);
    }
  }

  /// The first of the chains that share a block with chain `i`.
  private static int firstWith(int i, int block) {
    if (block < BLOCKS / 3) {
      return i & ~3;
    }
    return block < 2 * BLOCKS / 3 ? i & ~1 : i;
  }

  /// Makes a namespace and publishes each chain for its owner.
  void publish(RespClient client) throws IOException {
    client.call(
        word("KVC.NAMESPACE"),
        word("CREATE"),
        NAMESPACE,
        word("BLOCKTOKENS"),
        word("16"),
        word("HASHBYTES"),
        word("16"));
    var seqs = new HashMap<Integer, Integer>();
    for (int i = 0; i < CHAINS; i++) {
      int owner = i % OWNERS;
      client.call(
          word("KVC.PUBLISH"),
          NAMESPACE,
          word("worker-" + owner),
          word("1"),
          word(Integer.toString(seqs.merge(owner, 1, Integer::sum))),
          word("STORE"),
          word("GPU"),
          new byte[0],
          joined(chains.get(i), BLOCKS));
    }
  }

  private static byte[] joined(List<byte[]> chain, int blocks) {
    var joined = new byte[blocks * HASH_BYTES];
    for (int i = 0; i < blocks; i++) {
      System.arraycopy(chain.get(i), 0, joined, i * HASH_BYTES, HASH_BYTES);
    }
    return joined;
  }

  /// Sets a key of 16 bytes for each block.
  void storeInRedis(RespClient client) throws IOException {
    var words = new ArrayList<byte[]>();
    for (int i = 0; i < CHAINS; i++) {
      for (int block = 0; block < BLOCKS; block++) {
        if (firstWith(i, block) == i) {
          words.add(chains.get(i).get(block));
          words.add(word("1"));
        }
        if (words.size() == 2 * KEYS_AT_ONCE) {
          set(client, words);
        }
      }
    }
    set(client, words);
  }

  private static void set(RespClient client, List<byte[]> words) throws IOException {
    if (!words.isEmpty()) {
      words.addFirst(word("MSET"));
      client.call(words.toArray(byte[][]::new));
      words.clear();
    }
  }

  /// A match of the first `blocks` blocks of each chain.
  List<byte[]> matches(int blocks) {
    return chains.stream()
        .map(chain -> encode(word("KVC.MATCH"), NAMESPACE, joined(chain, blocks)))
        .toList();
  }

  /// One Redis command for the first `blocks` blocks of each chain.
  List<byte[]> manyKeys(String command, int blocks) {
    return chains.stream()
        .map(
            chain -> {
              var words = new byte[blocks + 1][];
              words[0] = word(command);
              Arrays.setAll(words, i -> i == 0 ? word(command) : chain.get(i - 1));
              return encode(words);
            })
        .toList();
  }

  /// A Redis command for each of the first `blocks` blocks of a chain, one after the other.
  List<byte[]> singleKeys(int blocks) {
    return chains.stream()
        .map(
            chain -> {
              var all = ByteBuffer.allocate(blocks * 64);
              chain.subList(0, blocks).forEach(hash -> all.put(encode(word("EXISTS"), hash)));
              return Arrays.copyOf(all.array(), all.position());
            })
        .toList();
  }
}
