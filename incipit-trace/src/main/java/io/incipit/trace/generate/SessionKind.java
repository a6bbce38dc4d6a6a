// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

import java.util.Arrays;
import java.util.List;

/// Sessions of one kind: how often they begin, what their prompts are made of, and how they go on.
///
/// ```
/// turn 0   | system | document? first |
/// turn 1   | system | document? first | answer | added |      with history
///          | system | document? first | added |               without
/// ```
///
/// @param perSecond sessions that begin in a second
/// @param systemTokens length of each system prompt, by rank; none is no system prompt
/// @param systemZipf chance of the rank `r` is proportional to `r ^ -systemZipf`
/// @param branches turns that are asked again
/// @param documents documents that sessions share
/// @param agents what agents do besides
record SessionKind(
    String name,
    double perSecond,
    List<Integer> systemTokens,
    double systemZipf,
    Lengths firstTokens,
    int firstTokensMax,
    boolean keepsHistory,
    Lengths addedTokens,
    Lengths outputTokens,
    TurnLaw turns,
    Lengths gapSeconds,
    double gapSecondsMin,
    Branches branches,
    Documents documents,
    Agents agents) {
  private static final int TOKENS_MAX = 120_000;

  SessionKind {
    systemTokens = List.copyOf(systemTokens);
  }

  /// Turns that are asked again with another ending.
  ///
  /// @param chance of each turn
  /// @param cut chance that part of the last message is left out
  record Branches(double chance, Lengths gapSeconds, double cut) {}

  /// Documents that some first messages begin with.
  ///
  /// @param share of the sessions
  /// @param count how many documents there are
  /// @param rank shape of the Pareto distribution of their ranks
  record Documents(double share, int count, double rank, Lengths tokens) {}

  /// What agents do besides: call subagents, and go on from a summary when a prompt grows too long.
  ///
  /// @param subagent chance of each turn to start one
  /// @param compactAbove tokens of a prompt that is replaced; 0 for never
  /// @param compactTokens tokens of the summary
  record Agents(
      double subagent,
      int subagentSystemTokens,
      int subagentCalls,
      int compactAbove,
      Lengths compactTokens) {}

  static SessionKind of(String name, Settings settings) {
    var kind = name + ".";
    return new SessionKind(
        name,
        settings.number(kind + "sessions-per-second", 1),
        settings.value(kind + "system-tokens", List.of(), SessionKind::wholes),
        settings.number(kind + "system-zipf", 1),
        lengths(settings, kind + "first-tokens"),
        settings.whole(kind + "first-tokens-max", TOKENS_MAX),
        settings.value(kind + "keeps-history", true, SessionKind::truth),
        lengths(settings, kind + "added-tokens"),
        lengths(settings, kind + "output-tokens"),
        settings.value(kind + "turns", new TurnLaw.Once(), TurnLaw::parse),
        lengths(settings, kind + "gap-seconds"),
        settings.number(kind + "gap-seconds-min", 0),
        new Branches(
            settings.number(kind + "branch", 0),
            lengths(settings, kind + "branch-gap-seconds"),
            settings.number(kind + "branch-cut", 0)),
        new Documents(
            settings.number(kind + "document-share", 0),
            settings.whole(kind + "documents", 1),
            settings.number(kind + "document-rank", 1),
            lengths(settings, kind + "document-tokens")),
        new Agents(
            settings.number(kind + "subagent", 0),
            settings.whole(kind + "subagent-system-tokens", 0),
            settings.whole(kind + "subagent-calls", 0),
            settings.whole(kind + "compact-above-tokens", 0),
            lengths(settings, kind + "compact-tokens")));
  }

  private static Lengths lengths(Settings settings, String name) {
    return settings.value(name, Lengths.ZERO, Lengths::parse);
  }

  private static List<Integer> wholes(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(word -> (int) Math.min(TOKENS_MAX, Settings.number(word.strip())))
        .toList();
  }

  private static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("%s (expected: true, false)".formatted(text));
    };
  }
}
