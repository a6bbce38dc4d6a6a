// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the sessions of a kind share: system prompts, and documents behind them. For one thread.
final class SharedPrompts {
  private final SessionKind kind;
  private final List<Prompt> systems;
  private final Prompt subagent;
  private final List<Integer> documentTokens;
  private final Map<Document, Prompt> documents = new HashMap<>();

  private SharedPrompts(
      SessionKind kind, List<Prompt> systems, Prompt subagent, List<Integer> documentTokens) {
    this.kind = kind;
    this.systems = systems;
    this.subagent = subagent;
    this.documentTokens = documentTokens;
  }

  static SharedPrompts of(SessionKind kind, int blockTokens, Draw draw) {
    var systems = new ArrayList<Prompt>();
    for (int tokens : kind.systemTokens()) {
      systems.add(Prompt.shared(tokens, blockTokens));
    }
    if (systems.isEmpty()) {
      systems.add(Prompt.shared(0, blockTokens));
    }
    var subagent = Prompt.shared(kind.agents().subagentSystemTokens(), blockTokens);
    var documents = new ArrayList<Integer>();
    if (kind.documents().share() > 0) {
      for (int i = 0; i < kind.documents().count(); i++) {
        documents.add(draw.tokens(kind.documents().tokens(), kind.firstTokensMax()));
      }
    }
    return new SharedPrompts(kind, systems, subagent, documents);
  }

  private record Document(int rank, Prompt system) {}

  /// One of the system prompts; an empty one if there are none.
  Prompt system(Draw draw) {
    return systems.size() == 1
        ? systems.getFirst()
        : systems.get(draw.zipf(systems.size(), kind.systemZipf()));
  }

  /// One of the documents, behind a system prompt.
  Prompt document(Prompt system, Draw draw) {
    int rank = draw.pareto(documentTokens.size(), kind.documents().rank());
    return documents.computeIfAbsent(
        new Document(rank, system), _ -> system.then(system.tokens(), documentTokens.get(rank)));
  }

  /// The system prompt of subagents.
  Prompt subagent() {
    return subagent;
  }
}
