// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

import io.incipit.env.RandomSource;
import io.incipit.trace.BlockIds;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/// The requests of a [Workload], as many as asked for; the same seed gives the same ones.
///
/// Sessions of each kind begin as a Poisson process. Those of the warm-up are played and not given,
/// so that reuse is there from the first request on. Memory: the sessions that go on, and one
/// object for each block of theirs.
public final class SyntheticTrace implements TraceReader {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Workload workload;
  private final Draw draw;
  private final long requests;
  private final PriorityQueue<Turn> turns =
      new PriorityQueue<>(Comparator.comparingDouble(Turn::seconds).thenComparingLong(Turn::order));
  private final List<SharedPrompts> shared = new ArrayList<>();
  private long given;
  private long nextBlock;
  private long nextSession;
  private long nextOrder;

  /// A trace of so many requests.
  public SyntheticTrace(Workload workload, long requests, long seed) {
    this.workload = workload;
    this.requests = requests;
    this.draw = new Draw(RandomSource.seeded(seed));
    for (int i = 0; i < workload.kinds().size(); i++) {
      var kind = workload.kinds().get(i);
      shared.add(SharedPrompts.of(kind, workload.blockTokens(), draw));
      if (kind.perSecond() > 0) {
        startSession(i, -workload.warmUpSeconds() + draw.exponential(kind.perSecond()));
      }
    }
  }

  @Override
  public Optional<TraceRequest> next() {
    while (given < requests) {
      var turn = turns.remove();
      var session = turn.session();
      var kind = session.kind();
      if (turn.opens()) {
        startSession(session.kindIndex(), turn.seconds() + draw.exponential(kind.perSecond()));
      }
      int answer = draw.tokens(kind.outputTokens(), workload.inputTokensMax());
      follow(turn, answer);
      if (turn.seconds() >= 0) {
        given++;
        return Optional.of(request(turn, answer));
      }
    }
    return Optional.empty();
  }

  private TraceRequest request(Turn turn, int answer) {
    return new TraceRequest(
        timeNs(turn.seconds()),
        turn.session().number(),
        turn.number(),
        turn.prompt().tokens(),
        answer,
        workload.blockTokens(),
        ids(turn.prompt()));
  }

  private long timeNs(double seconds) {
    double tick = workload.tickSeconds();
    double floored = tick == 0 ? seconds : Math.floor(seconds / tick) * tick;
    return (long) (floored * NANOS_PER_SECOND);
  }

  private void startSession(int kindIndex, double seconds) {
    var kind = workload.kinds().get(kindIndex);
    var prompts = shared.get(kindIndex);
    var system = prompts.system(draw);
    var opening = draw.chance(kind.documents().share()) ? prompts.document(system, draw) : system;
    int first = draw.tokens(kind.firstTokens(), kind.firstTokensMax());
    var base = opening.then(opening.tokens(), first);
    var session = session(kindIndex, system, base, first);
    // What is asked of a base without history stands behind it from the first turn on.
    var prompt = kind.keepsHistory() ? base : base.then(base.tokens(), addedTokens(kind));
    add(new Turn(seconds, nextOrder, session, 0, prompt, true));
  }

  private Session session(int kindIndex, Prompt system, Prompt base, int first) {
    var kind = workload.kinds().get(kindIndex);
    double stop = 0;
    int count = Integer.MAX_VALUE;
    switch (kind.turns()) {
      case TurnLaw.Once _ -> count = 1;
      case TurnLaw.Beta law -> stop = draw.stop(law, first);
      case TurnLaw.Count law ->
          count = (int) Math.max(1, Math.round(draw.logNormal(law.median(), law.sigma())));
      case TurnLaw.Exponential law ->
          count = (int) Math.max(1, Math.round(law.min() + draw.exponential(1 / law.mean())));
    }
    nextSession++;
    return new Session(nextSession - 1, kindIndex, kind, system, base, stop, count, false);
  }

  private void follow(Turn turn, int answer) {
    var session = turn.session();
    var kind = session.kind();
    boolean goesOn = turn.number() + 1 < session.turns() && !draw.chance(session.stop());
    if (goesOn) {
      double gap = Math.max(kind.gapSecondsMin(), draw.value(kind.gapSeconds()));
      schedule(turn.seconds() + gap, session, turn.number() + 1, nextPrompt(turn, answer));
    }
    if (draw.chance(kind.branches().chance())) {
      branch(turn);
    }
    if (!session.isSubagent() && draw.chance(kind.agents().subagent())) {
      startSubagent(turn);
    }
  }

  private Prompt nextPrompt(Turn turn, int answer) {
    var session = turn.session();
    var kind = session.kind();
    var prompt = turn.prompt();
    if (!kind.keepsHistory()) {
      return session.base().then(session.base().tokens(), addedTokens(kind));
    }
    int compactAbove = kind.agents().compactAbove();
    if (compactAbove > 0 && prompt.tokens() > compactAbove) {
      int summary = draw.tokens(kind.agents().compactTokens(), compactAbove);
      return session.system().then(session.system().tokens(), summary);
    }
    var answered = prompt.then(prompt.tokens(), answer);
    return answered.then(answered.tokens(), addedTokens(kind));
  }

  private void branch(Turn turn) {
    var branches = turn.session().kind().branches();
    var prompt = turn.prompt();
    int last = prompt.tokens() - prompt.before();
    int cut = draw.chance(branches.cut()) ? draw.below(last + 1) : 0;
    var again = prompt.then(prompt.tokens() - cut, addedTokens(turn.session().kind()));
    double gap = draw.value(branches.gapSeconds());
    schedule(turn.seconds() + gap, turn.session(), turn.number() + 1, again);
  }

  /// A subagent is a session with a system prompt of its own, which the kind's others share.
  private void startSubagent(Turn turn) {
    var kind = turn.session().kind();
    int kindIndex = turn.session().kindIndex();
    var system = shared.get(kindIndex).subagent();
    int first = draw.tokens(kind.firstTokens(), kind.firstTokensMax());
    var base = system.then(system.tokens(), first);
    var session =
        new Session(
            nextSession, kindIndex, kind, system, base, 0, kind.agents().subagentCalls(), true);
    nextSession++;
    double gap = draw.value(kind.gapSeconds());
    schedule(turn.seconds() + gap, session, 0, base);
  }

  private int addedTokens(SessionKind kind) {
    return draw.tokens(kind.addedTokens(), workload.inputTokensMax());
  }

  private void schedule(double seconds, Session session, int number, Prompt prompt) {
    if (prompt.tokens() <= workload.inputTokensMax()) {
      add(new Turn(seconds, nextOrder, session, number, prompt, false));
    }
  }

  private void add(Turn turn) {
    turns.add(turn);
    nextOrder++;
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
    return workload.blockTokens();
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

  /// @param base what all turns begin with if they do not keep the history
  /// @param stop chance to end after each turn
  /// @param turns the most turns
  private record Session(
      long number,
      int kindIndex,
      SessionKind kind,
      Prompt system,
      Prompt base,
      double stop,
      int turns,
      boolean isSubagent) {}

  /// @param opens whether the next session of the kind is still to be scheduled
  private record Turn(
      double seconds, long order, Session session, int number, Prompt prompt, boolean opens) {}
}
