// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.session;

import io.incipit.block.Hash64;
import io.incipit.policy.Answer.Ending;
import io.incipit.trace.BadLineException;
import io.incipit.trace.BadTraceException;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceNotes;
import io.incipit.trace.prompt.JsonMembers;
import io.incipit.trace.prompt.JsonValues;
import io.incipit.trace.prompt.PrefixIds;
import io.incipit.trace.prompt.PromptFacts;
import io.incipit.trace.prompt.PromptReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Reads [WekaFormat]. Keeps the sessions that overlap, 8 B for each session, and what [PrefixIds]
/// keeps.
final class WekaReader extends PromptReader {
  private static final double NANOS_PER_SECOND = 1e9;

  /// Of fewer requests two sessions may look the same by chance: ids are local, and count from 0.
  private static final int REQUESTS_THAT_TELL = 2;

  private final TraceFile file;
  private final JsonValues values;
  private final int blockTokens;
  private final Set<Long> signatures = new HashSet<>();
  private long sessions;
  private long repeats;

  /// Of the session that is being read.
  private final List<PromptFacts> facts = new ArrayList<>();

  private final List<long[]> names = new ArrayList<>();

  WekaReader(TraceFile file, JsonValues values, int blockTokens) {
    super(file, blockTokens);
    this.file = file;
    this.values = values;
    this.blockTokens = blockTokens;
  }

  @Override
  protected boolean readOn() throws IOException {
    try {
      var value = values.next();
      if (value.isPresent()) {
        readSession(value.get());
      }
      return value.isPresent();
    } catch (JacksonException broken) {
      var reason =
          "not JSON, %s (expected: one object a session)".formatted(JsonMembers.reason(broken));
      if (!file.skipBad() || !values.passBroken()) {
        throw new BadTraceException(file.path(), values.line(), reason);
      }
      refuse(values.line(), new BadLineException(reason));
      return true;
    }
  }

  private void readSession(JsonNode node) throws BadTraceException {
    facts.clear();
    names.clear();
    try {
      var session = JsonMembers.of(node, "");
      long tokens = session.integer("block_size", 1, TraceHead.BLOCK_TOKENS_MAX);
      if (tokens != blockTokens) {
        throw new BadLineException(
            "block_size: %d (expected: %d, as in the first session)"
                .formatted(tokens, blockTokens));
      }
      boolean global =
          session.has("hash_id_scope") && session.text("hash_id_scope").equals("global");
      readRequests(session, file.startNs(sessions));
      addAll(global ? PrefixIds.SHARED_ROOT : PrefixIds.root(sessions));
    } catch (BadLineException bad) {
      refuse(values.line(), bad);
    }
  }

  private void addAll(long root) {
    if (facts.size() >= REQUESTS_THAT_TELL && !signatures.add(signature())) {
      repeats++;
      return;
    }
    for (int i = 0; i < facts.size(); i++) {
      add(facts.get(i), root, names.get(i));
    }
    sessions++;
  }

  /// A hash of the tokens and ids of all requests.
  private long signature() {
    long hash = facts.size();
    for (int i = 0; i < facts.size(); i++) {
      hash =
          Hash64.chain(Hash64.chain(hash, facts.get(i).inputTokens()), facts.get(i).outputTokens());
      for (long name : names.get(i)) {
        hash = Hash64.chain(hash, name);
      }
      hash = Hash64.chain(hash, names.get(i).length);
    }
    return hash;
  }

  private void readRequests(JsonMembers owner, long startNs)
      throws BadLineException, BadTraceException {
    var requests = owner.object().path("requests");
    if (!requests.isArray()) {
      throw new BadLineException(
          "%srequests: %s (expected: an array)".formatted(owner.place(), requests.getNodeType()));
    }
    for (int i = 0; i < requests.size(); i++) {
      try {
        var place = "%srequests[%d].".formatted(owner.place(), i);
        readEntry(JsonMembers.of(requests.get(i), place), startNs);
      } catch (BadLineException bad) {
        refuse(values.line(), bad);
      }
    }
  }

  private void readEntry(JsonMembers entry, long startNs)
      throws BadLineException, BadTraceException {
    long timeNs = entry.timeNs("t", NANOS_PER_SECOND);
    if (timeNs > Long.MAX_VALUE - startNs) {
      throw new BadLineException(
          "%st: %s s (expected: less, after those of its markers)"
              .formatted(entry.place(), timeNs / NANOS_PER_SECOND));
    }
    if (entry.has("type") && entry.text("type").equals("subagent")) {
      double first = entry.object().path("requests").path(0).path("t").asDouble(0);
      boolean absolute = timeNs > 0 && first * NANOS_PER_SECOND >= timeNs;
      readRequests(entry, absolute ? startNs : startNs + timeNs);
      return;
    }
    int input = entry.tokens("in", 0);
    int output = entry.has("out") ? entry.tokens("out", 0) : 0;
    var ids = entry.ids("hash_ids");
    if (ids.length > Math.ceilDiv(input, blockTokens)) {
      throw new BadLineException(
          "%shash_ids: %d ids (expected: %d, for %d tokens in blocks of %d)"
              .formatted(entry.place(), ids.length, input / blockTokens, input, blockTokens));
    }
    var ending = entry.has("stop") ? WekaFormat.ending(entry.text("stop")) : Ending.UNKNOWN;
    facts.add(
        new PromptFacts(startNs + timeNs, sessions, facts.size(), input, output).ending(ending));
    names.add(ids);
  }

  @Override
  protected long noneBeforeNs() {
    return file.startNs(sessions);
  }

  @Override
  public TraceNotes notes() {
    return TraceNotes.ofSessions(sessions > 1);
  }

  @Override
  public long repeats() {
    return repeats;
  }

  @Override
  public double progress() {
    return values.progress();
  }

  @Override
  public void close() throws IOException {
    values.close();
  }
}
