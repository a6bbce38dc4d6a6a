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
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Our index behind the protocol that the rivals speak, in a JVM of its own.
public final class IncipitRival {
  /// Where nobody holds blocks: a percentage of how many blocks is 0.
  private static final int EXACT = 0;

  private static final int WORKERS_OF_HOLES = 64;

  /// Changes that are made before the clock starts.
  private static final int BATCH = 512;

  /// Questions that are made before the clock starts: few, as a server holds few at a time.
  private static final int QUESTIONS = 32;

  private final boolean byHash;

  /// Whether memory is asked for: a collection before each store would only take time else.
  private final boolean counts = System.getenv("RIVAL_COUNT") != null;
  private final List<BlockChain> chains = new ArrayList<>();
  private final QuestionBudget budget = QuestionBudget.unlimited();
  private final ScoreAnswer answer;
  private PrefixIndex index;
  private @Nullable Task task;
  private int workers = WORKERS_OF_HOLES;
  private byte[] full = new byte[0];
  private byte[] arrival = new byte[0];
  private long bytesBefore;

  /// @param byHash whether blocks are removed by hash
  /// @param all whether an answer lists each worker that has something; else those are not listed
  ///     that have what most have, which is said once
  IncipitRival(boolean byHash, boolean all) {
    this.byHash = byHash;
    this.answer = new ScoreAnswer().listAll(all);
    this.index = create();
  }

  /// Answers the commands of the standard input until that ends.
  ///
  /// @param arguments `byhash`: blocks are stored below a parent's hash and removed by hash;
  ///     `anchored`: there is no table for that, and a change names its chain from the start;
  ///     `all`: as `byhash`, and answers list each worker
  public static void main(String... arguments) throws IOException {
    var variant = arguments.length == 0 ? "byhash" : arguments[0];
    var rival = new IncipitRival(!variant.equals("anchored"), variant.equals("all"));
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

  /// Does what a command says, and gives the line that answers it.
  String answer(String... words) throws IOException {
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
      case "drop" -> {
        var chain = held(words);
        int from = number(words, 3);
        drop(number(words, 1), byHash ? tailFirst(chain, from) : chain, byHash ? 0 : from);
        yield "ok";
      }
      case "score" -> scoreText(chains.get(number(words, 1)).slice(0, number(words, 2)));
      default -> throw new IllegalArgumentException("command: " + String.join(" ", words));
    };
  }

  private static int number(String[] words, int i) {
    return Integer.parseInt(words[i]);
  }

  private String load(Path file) throws IOException {
    var loaded = Task.read(file);
    full = loaded.hashes();
    arrival = loaded.arrivalHashes();
    workers = loaded.workers();
    task = loaded;
    return "loaded " + loaded.count();
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
    bytesBefore = counts ? usedBytes() : 0;
    long blocks = 0;
    long ns = 0;
    for (int from = 0; from < feed.count(); from += BATCH) {
      int end = Math.min(from + BATCH, feed.count());
      var stored = copies(full, from, end);
      long start = CpuTime.threadNs();
      for (int i = from; i < end; i++) {
        var chain = stored[i - from];
        if (feed.storedFrom(i) < chain.length()) {
          blocks += chain.length() - feed.storedFrom(i);
          put(index, feed.worker(i), chain, feed.storedFrom(i));
        }
      }
      ns += CpuTime.threadNs() - start;
    }
    return "stored %d %d".formatted(ns, blocks);
  }

  /// Prompts `[from, end)` with bytes of their own, as of requests that have just come in.
  private BlockChain[] copies(byte[] hashes, int from, int end) {
    var feed = task();
    var chains = new BlockChain[end - from];
    for (int i = from; i < end; i++) {
      int start = feed.start(i);
      var bytes = Arrays.copyOfRange(hashes, start, start + feed.length(i) * Long.BYTES);
      chains[i - from] = BlockChain.wrap(bytes, 0, feed.length(i), Long.BYTES);
    }
    return chains;
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
    int half = feed.count() / 2;
    long blocks = 0;
    long ns = 0;
    for (int end = feed.count(); end > half; end -= BATCH) {
      int from = Math.max(end - BATCH, half);
      var gone = copies(full, from, end);
      for (int i = from; byHash && i < end; i++) {
        gone[i - from] = tailFirst(gone[i - from], feed.storedFrom(i));
      }
      long start = CpuTime.threadNs();
      for (int i = end - 1; i >= from; i--) {
        drop(feed.worker(i), gone[i - from], byHash ? 0 : feed.storedFrom(i));
        blocks += feed.length(i) - feed.storedFrom(i);
      }
      ns += CpuTime.threadNs() - start;
    }
    return "removed %d %d".formatted(ns, blocks);
  }

  private void drop(int worker, BlockChain gone, int from) {
    if (gone.isEmpty() || from == gone.length()) {
      return;
    }
    if (byHash) {
      index.remove(worker, Tier.GPU, gone);
    } else {
      index.removeChain(worker, Tier.GPU, gone, from);
    }
  }

  private static BlockChain tailFirst(BlockChain chain, int from) {
    var hashes = new long[chain.length() - from];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = chain.low(chain.length() - 1 - i);
    }
    return BlockChain.of(hashes);
  }

  private String ask(Question question) {
    int count = task().count();
    long sum = 0;
    long ns = 0;
    for (int from = 0; from < count; from += QUESTIONS) {
      var asked = copies(hashes(question), from, Math.min(from + QUESTIONS, count));
      long start = CpuTime.threadNs();
      for (var chain : asked) {
        sum += score(chain);
      }
      ns += CpuTime.threadNs() - start;
    }
    return "asked %d %d %d".formatted(ns, count, sum);
  }

  private byte[] hashes(Question question) {
    return question == Question.FULL ? full : arrival;
  }

  private long score(BlockChain chain) {
    index.score(
        Place.ROOT, chain, workers, Eligible.ALL, Integer.MAX_VALUE, budget.renew(), answer);
    var scores = answer.scores();
    long sum = (long) scores.base(Tier.REMOTE) * (workers - scores.count());
    for (int i = 0; i < scores.count(); i++) {
      sum += scores.blocks(i, Tier.REMOTE);
    }
    return sum;
  }

  private String check(Question question, boolean percent) {
    int count = task().count();
    long digest = 0;
    for (int from = 0; from < count; from += QUESTIONS) {
      var asked = copies(hashes(question), from, Math.min(from + QUESTIONS, count));
      for (int i = 0; i < asked.length; i++) {
        score(asked[i]);
        digest += digest(from + i, percent ? asked[i].length() : EXACT);
      }
    }
    return "checked %016x %d".formatted(digest, count);
  }

  /// @param ofBlocks if not 0, what is digested is the percentage of so many blocks, rounded down
  private long digest(int i, int ofBlocks) {
    var scores = answer.scores();
    long digest = 0;
    for (int worker = 0; worker < workers; worker++) {
      int blocks = scores.blocksOf(worker, Tier.REMOTE);
      int said = ofBlocks == EXACT ? blocks : 100 * blocks / ofBlocks;
      if (said > 0) {
        digest += digestOf(i, worker, said);
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

  private String scoreText(BlockChain question) {
    score(question);
    var scores = answer.scores();
    var text = new StringBuilder("score");
    for (int worker = 0; worker < workers; worker++) {
      text.append(' ').append(worker).append(':').append(scores.blocksOf(worker, Tier.REMOTE));
    }
    return text.toString();
  }

  private static long usedBytes() {
    System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
