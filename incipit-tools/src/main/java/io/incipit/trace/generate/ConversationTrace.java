// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

import io.incipit.env.RandomSource;
import io.incipit.trace.BlockIds;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;

/// A synthetic trace of people talking to a model behind one system prompt.
///
/// ```
/// session:  | system 890 | first message |                     turn 0
///           | system 890 | first message | answer | message |  turn 1, a gap later
/// ```
///
/// Sessions arrive as a Poisson process of 2 a second. After each turn a session ends with a
/// probability of its own (beta distributed), or goes on after a log-normal gap; some turns are
/// asked again with another ending. Lengths are mixtures of log-normal ones, fitted to the
/// conversation trace of Mooncake (FAST 2025). Sessions begin 1,500 s before the first request, so
/// that reuse is there from the start. The same seed gives the same requests.
public final class ConversationTrace implements TraceReader {
  private static final int BLOCK_TOKENS = 512;
  private static final int SYSTEM_TOKENS = 890;
  private static final int INPUT_TOKENS_MAX = 126_000;
  private static final double SESSIONS_PER_SECOND = 2.0;
  private static final double WARM_UP_SECONDS = 1_500;
  private static final double GAP_SECONDS_MIN = 9;
  private static final double TICK_SECONDS = 3;
  private static final double BRANCH = 0.055;
  private static final double BRANCH_CUTS = 0.45;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Draw draw;
  private final long requests;
  private final PriorityQueue<Turn> turns =
      new PriorityQueue<>(Comparator.comparingDouble(Turn::seconds).thenComparingLong(Turn::order));
  private final Prompt system = Prompt.shared(SYSTEM_TOKENS, BLOCK_TOKENS);
  private long given;
  private long nextBlock;
  private long nextSession;
  private long nextOrder;

  /// A trace of so many requests.
  public ConversationTrace(long requests, long seed) {
    this.requests = requests;
    this.draw = new Draw(RandomSource.seeded(seed));
    startSession(-WARM_UP_SECONDS);
  }

  @Override
  public Optional<TraceRequest> next() {
    while (given < requests) {
      var turn = turns.remove();
      var session = turn.session();
      if (turn.number() == 0) {
        startSession(turn.seconds() + draw.exponential(SESSIONS_PER_SECOND));
      }
      int answer = draw.answerTokens();
      follow(turn, answer);
      if (turn.seconds() >= 0) {
        given++;
        return Optional.of(request(turn, session, answer));
      }
    }
    return Optional.empty();
  }

  private TraceRequest request(Turn turn, Session session, int answer) {
    long ticks = (long) (turn.seconds() / TICK_SECONDS);
    return new TraceRequest(
        ticks * (long) TICK_SECONDS * NANOS_PER_SECOND,
        session.number(),
        turn.number(),
        turn.prompt().tokens(),
        answer,
        BLOCK_TOKENS,
        ids(turn.prompt()));
  }

  private void startSession(double seconds) {
    int first = draw.firstTokens();
    var session = new Session(nextSession, draw.stopProbability(first));
    nextSession++;
    schedule(seconds, session, 0, system.then(SYSTEM_TOKENS, first));
  }

  private void follow(Turn turn, int answer) {
    var session = turn.session();
    var prompt = turn.prompt();
    if (!draw.chance(session.stop())) {
      double gap = Math.max(GAP_SECONDS_MIN, draw.logNormal(160, 0.95));
      var next = prompt.then(prompt.tokens(), answer + draw.addedTokens());
      schedule(turn.seconds() + gap, session, turn.number() + 1, next);
    }
    if (draw.chance(BRANCH)) {
      int last = prompt.tokens() - prompt.before();
      int cut = draw.chance(BRANCH_CUTS) ? draw.below(last + 1) : 0;
      var again = prompt.then(prompt.tokens() - cut, draw.addedTokens());
      double gap = draw.logNormal(125, 1.1);
      schedule(turn.seconds() + gap, session, turn.number() + 1, again);
    }
  }

  private void schedule(double seconds, Session session, int number, Prompt prompt) {
    if (number == 0 || prompt.tokens() <= INPUT_TOKENS_MAX) {
      turns.add(new Turn(seconds, nextOrder, session, number, prompt));
      nextOrder++;
    }
  }

  /// Ids are given out in the order in which blocks are first seen.
  private BlockIds ids(Prompt prompt) {
    var ids = new long[prompt.length()];
    for (int i = 0; i < ids.length; i++) {
      var block = prompt.block(i);
      if (block.id < 0) {
        block.id = nextBlock;
        nextBlock++;
      }
      ids[i] = block.id;
    }
    return BlockIds.of(ids);
  }

  @Override
  public int blockTokens() {
    return BLOCK_TOKENS;
  }

  @Override
  public double progress() {
    return requests == 0 ? 1 : (double) given / requests;
  }

  @Override
  public long skipped() {
    return 0;
  }

  @Override
  public void close() {
    turns.clear();
  }

  /// @param stop probability of ending after each turn
  private record Session(long number, double stop) {}

  private record Turn(double seconds, long order, Session session, int number, Prompt prompt) {}
}
