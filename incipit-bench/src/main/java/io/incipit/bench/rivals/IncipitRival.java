// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.bench.target.CpuTime;
import io.incipit.block.BlockChain;
import io.incipit.block.Hash64;
import io.incipit.block.Tier;
import io.incipit.env.Disk;
import io.incipit.index.Eligible;
import io.incipit.index.IndexConfig;
import io.incipit.index.Place;
import io.incipit.index.PrefixIndex;
import io.incipit.index.QuestionBudget;
import io.incipit.index.ScoreAnswer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Our index behind the protocol that the rivals speak, in a JVM of its own.
public final class IncipitRival {
  /// Where nobody holds blocks: a percentage of how many blocks is 0.
  private static final int EXACT = 0;

  private static final int WORKERS_OF_HOLES = 64;

  private final boolean byHash;
  private final List<BlockChain> chains = new ArrayList<>();
  private final QuestionBudget budget = QuestionBudget.unlimited();
  private final ScoreAnswer answer = new ScoreAnswer().listAll(true);
  private PrefixIndex index;
  private @Nullable Task task;
  private int workers = WORKERS_OF_HOLES;
  private BlockChain[] full = new BlockChain[0];
  private BlockChain[] arrival = new BlockChain[0];
  private long bytesBefore;

  private IncipitRival(boolean byHash) {
    this.byHash = byHash;
    this.index = create();
  }

  /// Answers the commands of the standard input until that ends.
  ///
  /// @param arguments `byhash`: blocks are stored below a parent's hash and removed by hash;
  ///     `anchored`: there is no table for that, and a change names its chain from the start
  public static void main(String... arguments) throws IOException {
    var rival = new IncipitRival(arguments.length == 0 || !arguments[0].equals("anchored"));
    try (var commands = Disk.system().openText(Path.of("-"))) {
      for (var line = commands.readLine(); line != null; line = commands.readLine()) {
        System.out.println(rival.answer(line.strip().split("\\s+", -1)));
      }
    }
  }

  private PrefixIndex create() {
    var usual = IndexConfig.DEFAULT;
    return PrefixIndex.create(
        new IndexConfig(Long.BYTES, byHash, usual.bytesMax(), usual.secret()));
  }

  private String answer(String[] words) throws IOException {
    return switch (words[0]) {
      case "load" -> load(Path.of(words[1]));
      case "store" -> store();
      case "remove" -> remove();
      case "ask" -> ask(Question.of(words[1]));
      case "check" -> check(Question.of(words[1]), words.length > 2);
      case "bytes" -> "bytes " + Math.max(index.snapshot().bytes(), usedBytes() - bytesBefore);
      case "new" -> empty();
      case "chain" -> chain(words);
      case "put", "puts" -> put(number(words, 1), held(words), number(words, 3));
      case "drop" -> drop(number(words, 1), held(words), number(words, 3));
      case "score" -> scoreText(chains.get(number(words, 1)).slice(0, number(words, 2)));
      default -> throw new IllegalArgumentException("command: " + String.join(" ", words));
    };
  }

  private static int number(String[] words, int i) {
    return Integer.parseInt(words[i]);
  }

  private String load(Path file) throws IOException {
    var loaded = Task.read(file);
    full = chains(loaded, loaded.hashes());
    arrival = chains(loaded, loaded.arrivalHashes());
    workers = loaded.workers();
    task = loaded;
    return "loaded " + loaded.count();
  }

  private static BlockChain[] chains(Task task, byte[] hashes) {
    var chains = new BlockChain[task.count()];
    for (int i = 0; i < chains.length; i++) {
      chains[i] = BlockChain.wrap(hashes, task.start(i), task.length(i), Long.BYTES);
    }
    return chains;
  }

  private Task task() {
    if (task == null) {
      throw new IllegalStateException("no workload: say load first");
    }
    return task;
  }

  private String store() {
    var feed = task();
    index = create();
    bytesBefore = usedBytes();
    var fresh = index;
    long blocks = 0;
    long start = CpuTime.threadNs();
    for (int i = 0; i < full.length; i++) {
      int from = feed.storedFrom(i);
      if (from < full[i].length()) {
        blocks += full[i].length() - from;
        put(fresh, feed.worker(i), full[i], from);
      }
    }
    return "stored %d %d".formatted(CpuTime.threadNs() - start, blocks);
  }

  private void put(PrefixIndex fresh, int worker, BlockChain chain, int from) {
    if (byHash) {
      var parent = chain.slice(Math.max(0, from - 1), from);
      fresh.store(worker, Tier.GPU, parent, chain.slice(from, chain.length()), 0);
    } else {
      fresh.storeChain(worker, Tier.GPU, chain, from);
    }
  }

  /// Drops what the second half of the prompts stored, the last first, tails first.
  private String remove() {
    var feed = task();
    var gone = new BlockChain[byHash ? full.length : 0];
    for (int i = full.length / 2; i < gone.length; i++) {
      gone[i] = tailFirst(full[i], feed.storedFrom(i));
    }
    long blocks = 0;
    long start = CpuTime.threadNs();
    for (int i = full.length - 1; i >= full.length / 2; i--) {
      int from = feed.storedFrom(i);
      if (from < full[i].length()) {
        blocks += full[i].length() - from;
        if (byHash) {
          index.remove(feed.worker(i), Tier.GPU, gone[i]);
        } else {
          index.removeChain(feed.worker(i), Tier.GPU, full[i], from);
        }
      }
    }
    return "removed %d %d".formatted(CpuTime.threadNs() - start, blocks);
  }

  private static BlockChain tailFirst(BlockChain chain, int from) {
    var hashes = new long[chain.length() - from];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = chain.low(chain.length() - 1 - i);
    }
    return BlockChain.of(hashes);
  }

  private String ask(Question question) {
    var asked = question == Question.FULL ? full : arrival;
    long sum = 0;
    long start = CpuTime.threadNs();
    for (var chain : asked) {
      sum += score(chain);
    }
    return "asked %d %d %d".formatted(CpuTime.threadNs() - start, asked.length, sum);
  }

  private long score(BlockChain chain) {
    index.score(
        Place.ROOT, chain, workers, Eligible.ALL, Integer.MAX_VALUE, budget.renew(), answer);
    var scores = answer.scores();
    long sum = 0;
    for (int i = 0; i < scores.count(); i++) {
      sum += scores.blocks(i, Tier.REMOTE);
    }
    return sum;
  }

  private String check(Question question, boolean percent) {
    var asked = question == Question.FULL ? full : arrival;
    long digest = 0;
    for (int i = 0; i < asked.length; i++) {
      score(asked[i]);
      digest += digest(i, percent ? asked[i].length() : EXACT);
    }
    return "checked %016x %d".formatted(digest, asked.length);
  }

  /// @param ofBlocks if not 0, what is digested is the percentage of so many blocks, rounded down
  private long digest(int i, int ofBlocks) {
    var scores = answer.scores();
    long digest = 0;
    for (int j = 0; j < scores.count(); j++) {
      int blocks = scores.blocks(j, Tier.REMOTE);
      if (blocks > 0) {
        digest +=
            digestOf(i, scores.owner(j), ofBlocks == EXACT ? blocks : 100 * blocks / ofBlocks);
      }
    }
    return digest;
  }

  /// A number that stands for one worker of one answer; digests are sums of these, in all rivals.
  static long digestOf(int question, int worker, int blocks) {
    return mix(mix(mix(question + 1L) ^ worker) ^ blocks);
  }

  private static long mix(long seed) {
    return Hash64.mix(seed + Hash64.GOLDEN);
  }

  private String empty() {
    index = create();
    workers = WORKERS_OF_HOLES;
    chains.clear();
    return "ok";
  }

  /// Blocks as `local:chained`; ours knows a block by the hash that covers all before it.
  private String chain(String[] words) {
    var hashes = new long[words.length - 1];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = Long.parseUnsignedLong(words[i + 1].replaceFirst(".*:", ""), 16);
    }
    chains.add(BlockChain.of(hashes));
    return "ok";
  }

  /// The chain of a change up to the last block that it is about.
  private BlockChain held(String[] words) {
    return chains.get(number(words, 2)).slice(0, number(words, 4));
  }

  private String put(int worker, BlockChain chain, int from) {
    put(index, worker, chain, from);
    return "ok";
  }

  private String drop(int worker, BlockChain chain, int from) {
    if (byHash) {
      index.remove(worker, Tier.GPU, tailFirst(chain, from));
    } else {
      throw new IllegalStateException("drop: anchored (expected: byhash)");
    }
    return "ok";
  }

  private String scoreText(BlockChain question) {
    score(question);
    var scores = answer.scores();
    var text = new StringBuilder("score");
    for (int i = 0; i < scores.count(); i++) {
      text.append(' ').append(scores.owner(i)).append(':').append(scores.blocks(i, Tier.REMOTE));
    }
    return text.toString();
  }

  private static long usedBytes() {
    System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
