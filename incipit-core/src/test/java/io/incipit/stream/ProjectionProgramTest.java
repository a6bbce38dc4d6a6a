// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.env.RandomSource;
import io.incipit.env.Search;
import io.incipit.index.IndexConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Owners publish over a network that loses, repeats and reorders, restart, and meet restarts of
/// the server; a projection follows, and each answer equals that of plain sets.
@Tag("programs")
final class ProjectionProgramTest {
  private static final List<String> OWNERS = List.of("a", "b", "c", "d");
  private static final int BLOCKS = 48;
  private static final int QUIET_STEPS = 400;
  private static final int STEPS = 20_000;

  @Test
  void program_random_equalsPlainSets() {
    Search.of(Search.Family.PROGRAMS, "streams, programs", 5, 30)
        .run(
            seed -> {
              var seen = new Program(seed).run(STEPS);
              for (var kind :
                  List.of(
                      "OK",
                      "GAP",
                      "FENCED",
                      "repeats",
                      "parked-blocks",
                      "restarts",
                      "rebases",
                      "index-restarts")) {
                assertTrue(seen.getOrDefault(kind, 0L) > 0, () -> kind + " never came: " + seen);
              }
            });
  }

  /// The owner's side of a stream.
  private static final class Client {
    final String name;
    long incarnation = 1;
    long seq;
    final Set<StreamModel.Held> held = new HashSet<>();
    final List<Op.Publish> sent = new ArrayList<>();

    Client(String name) {
      this.name = name;
    }

    void send(List<Change> changes) {
      sent.add(new Op.Publish("n", name, incarnation, ++seq, changes));
    }
  }

  private static final class Program {
    private final RandomGenerator random;
    private final Random shuffling;
    private final List<Client> clients = OWNERS.stream().map(Client::new).toList();
    private final List<BlockChain> paths = new ArrayList<>();
    private final Map<String, Long> seen = new TreeMap<>();
    private StreamModel model = new StreamModel();
    private Talk talk;
    private long starts;

    Program(long seed) {
      random = RandomSource.seeded(seed);
      shuffling = new Random(seed);
      for (int i = 0; i < BLOCKS; i++) {
        var above = i < 3 ? BlockChain.empty(16) : paths.get(random.nextInt(i));
        paths.add(append(above, random.nextLong(), random.nextLong()));
      }
      start();
    }

    private static BlockChain append(BlockChain above, long high, long low) {
      var halves = new long[2 * above.length() + 2];
      for (int i = 0; i < above.length(); i++) {
        halves[2 * i] = above.high(i);
        halves[2 * i + 1] = above.low(i);
      }
      halves[halves.length - 2] = high;
      halves[halves.length - 1] = low;
      return BlockChain.ofPairs(halves);
    }

    private void start() {
      if (talk != null) {
        count("repeats", talk.stat("repeats"));
        end();
      }
      talk = new Talk(IndexConfig.DEFAULT, 16, 7, ++starts);
      model = new StreamModel();
    }

    /// Everybody goes, and all memory but that of owners comes back.
    private void end() {
      OWNERS.forEach(owner -> talk.apply(owner, Long.MAX_VALUE, 1, Talk.clearAll()));
      talk.sweepAll();
      var other = new Talk(IndexConfig.DEFAULT, 16, 7, starts);
      OWNERS.forEach(owner -> other.apply(owner, 1, 1, Talk.clearAll()));
      assertEquals(0, talk.stat("blocks"));
      assertEquals(0, talk.stat("holdings"));
      assertEquals(0, talk.stat("parked-blocks"));
      assertEquals(other.projection.bytes(), talk.projection.bytes());
    }

    private void count(String kind, long more) {
      seen.merge(kind, more, Long::sum);
    }

    Map<String, Long> run(int steps) {
      for (int step = 1; step <= steps; step++) {
        step(clients.get(random.nextInt(clients.size())), random.nextInt(1_000));
        count("parked-blocks", talk.stat("parked-blocks"));
        checkOne();
        if (step % QUIET_STEPS == 0) {
          settle();
        }
      }
      start();
      return seen;
    }

    private void step(Client client, int dice) {
      if (dice < 450) {
        act(client);
      } else if (dice < 960) {
        deliver(client, dice);
      } else if (dice < 990) {
        talk.projection.sweep();
      } else if (dice < 992) {
        talk.projection.restart();
        model.restart();
        count("index-restarts", 1);
      } else if (dice < 998) {
        client.incarnation += 1 + random.nextInt(3);
        client.seq = 0;
        client.held.clear();
        count("restarts", 1);
      } else {
        start();
      }
    }

    /// The owner stores and drops blocks, and says so.
    private void act(Client client) {
      var changes = new ArrayList<Change>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        var path = paths.get(random.nextInt(BLOCKS));
        var tier = Tier.of(random.nextInt(Tier.COUNT));
        int kind = random.nextInt(20);
        if (kind == 0) {
          client.held.removeIf(held -> held.tier() == tier);
          changes.add(Talk.clear(tier));
        } else if (kind < 11) {
          var hashes = path.slice(random.nextInt(path.length()), path.length());
          StreamModel.blocks(hashes)
              .forEach(block -> client.held.remove(new StreamModel.Held(block, tier)));
          changes.add(new Change.Remove(tier, hashes));
        } else {
          int from = random.nextBoolean() ? path.length() - 1 : random.nextInt(path.length());
          int middle = from + random.nextInt(path.length() - from);
          if (middle > from) {
            changes.add(store(client, path.slice(0, middle), from, tier));
          }
          changes.add(store(client, path, middle, tier));
        }
      }
      client.send(changes);
    }

    private Change store(Client client, BlockChain path, int from, Tier tier) {
      var hashes = path.slice(from, path.length());
      int skip = random.nextInt(4) == 0 ? random.nextInt(hashes.length()) : 0;
      StreamModel.blocks(hashes.slice(skip, hashes.length()))
          .forEach(block -> client.held.add(new StreamModel.Held(block, tier)));
      return new Change.Store(tier, path.slice(Math.max(0, from - 1), from), hashes, skip);
    }

    /// The network brings one of the oldest publishes, or loses or repeats it.
    private void deliver(Client client, int dice) {
      if (client.sent.isEmpty()) {
        return;
      }
      int at = dice % 10 == 0 ? random.nextInt(client.sent.size()) : 0;
      var op = dice % 16 == 1 ? client.sent.get(at) : client.sent.remove(at);
      if (dice % 16 != 2) {
        publish(client, op);
      }
    }

    private void publish(Client client, Op.Publish op) {
      var reply = talk.projection.publish(op);
      var told = reply instanceof Reply.Published(long seq, _) ? "OK " + seq : Talk.refusal(reply);
      assertEquals(model.publish(op), told, op::toString);
      count(told.substring(0, told.indexOf(' ')), 1);
      if (told.startsWith("GAP") && op.incarnation() == client.incarnation) {
        rebase(client);
      }
    }

    /// Sends all that the owner holds, in any order and in several publishes.
    private void rebase(Client client) {
      count("rebases", 1);
      client.sent.clear();
      client.seq += random.nextInt(5);
      var changes = new ArrayList<Change>();
      for (var path : paths) {
        int last = path.length() - 1;
        for (var tier : Tier.values()) {
          if (client.held.contains(new StreamModel.Held(path.slice(last, last + 1), tier))) {
            changes.add(store(client, path, last, tier));
          }
        }
      }
      Collections.shuffle(changes, shuffling);
      changes.addFirst(Talk.clearAll());
      int middle = 1 + random.nextInt(changes.size());
      client.send(changes.subList(0, middle));
      if (middle < changes.size()) {
        client.send(changes.subList(middle, changes.size()));
      }
      client.send(List.of(Talk.synced()));
    }

    /// The network comes to rest: what is on its way arrives, and whoever has missed something
    /// re-bases. The last to come is of a life before, and changes nothing.
    private void settle() {
      for (var client : clients) {
        client.send(List.of(Talk.synced()));
        while (!client.sent.isEmpty()) {
          publish(client, client.sent.removeFirst());
        }
        var stream = model.streams.get(client.name);
        if (stream.partial || !stream.held.equals(client.held)) {
          rebase(client);
          while (!client.sent.isEmpty()) {
            publish(client, client.sent.removeFirst());
          }
        }
        if (client.incarnation > 1) {
          publish(
              client,
              new Op.Publish(
                  "n", client.name, client.incarnation - 1, 1, List.of(Talk.clearAll())));
        }
        assertEquals(client.held, model.streams.get(client.name).held);
      }
      for (var path : paths) {
        check(path, OWNERS, Tier.ALL_MASK);
      }
      talk.sweepAll();
      for (var path : paths) {
        check(path, OWNERS, Tier.ALL_MASK);
        assertEquals(0, talk.match(path).flags());
      }
    }

    private void checkOne() {
      var path = paths.get(random.nextInt(BLOCKS));
      int from = random.nextInt(OWNERS.size());
      check(path, OWNERS.subList(from, OWNERS.size()), random.nextInt(1 << Tier.COUNT));
    }

    private void check(BlockChain path, List<String> owners, int tierMask) {
      var numbers = new HashMap<String, Integer>();
      owners.stream()
          .filter(model.streams::containsKey)
          .forEach(owner -> numbers.put(owner, talk.number(owner)));
      var told =
          assertInstanceOf(
              Reply.Matched.class, talk.match(path, Cursor.NONE, owners, tierMask, Talk.LIMIT));
      int matched = model.matched(path, owners, tierMask);
      assertEquals(matched, told.blocks());
      assertEquals(model.holders(path.slice(0, matched), numbers, tierMask), told.holders());
      boolean partial =
          tierMask != 0
              && numbers.keySet().stream().anyMatch(owner -> model.streams.get(owner).partial);
      int flags = partial ? Reply.SHORT : 0;
      for (int i = 0; i < told.holders().count(); i++) {
        int number = told.holders().owner(i);
        boolean listed =
            numbers.entrySet().stream()
                .anyMatch(e -> e.getValue() == number && model.streams.get(e.getKey()).partial);
        flags |= listed ? Reply.PARTIAL : 0;
      }
      assertEquals(flags, told.flags());
      checkScores(path, numbers);
    }

    private void checkScores(BlockChain path, Map<String, Integer> numbers) {
      var scored = talk.score(path);
      numbers.forEach(
          (owner, number) -> {
            for (int code = 0; code < Tier.COUNT; code++) {
              int held = model.matched(path, List.of(owner), (2 << code) - 1);
              assertEquals(held, scored.scores().blocksOf(number, Tier.of(code)));
              assertTrue(held <= scored.known());
            }
          });
    }
  }
}
