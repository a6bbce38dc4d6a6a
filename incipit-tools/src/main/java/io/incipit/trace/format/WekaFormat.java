// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import io.incipit.trace.BadLineException;
import io.incipit.trace.BadTraceException;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceReader;
import io.incipit.trace.UnpackedInput;
import java.io.IOException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/// Sessions of coding agents as WEKA publishes them: one JSON object a session, of any layout, with
/// `id`, `block_size`, `hash_id_scope` and `requests`. A request has `t` in seconds, `in` and `out`
/// in tokens and `hash_ids`, full blocks only; a subagent is a marker of type `subagent` with `t`
/// and `requests` of its own.
///
/// - Ids of scope `local` belong to their session; those of scope `global` are shared by all.
/// - Times below a marker count from it, unless the first of them is not before the marker itself:
///   then they are taken to count from the session's start, as some producers write.
/// - When sessions began is not recorded: in a file of several, one begins every 20 s.
public final class WekaFormat implements TraceFormat {
  private static final int BLOCK_TOKENS = 64;
  private static final int BLOCK_TOKENS_MAX = 1 << 20;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long START_NS = 20_000_000_000L;

  /// Makes the format.
  public WekaFormat() {}

  @Override
  public String name() {
    return "weka";
  }

  @Override
  public boolean recognises(TraceHead head) {
    var names = head.names();
    return names.contains("requests")
        && (names.contains("block_size") || names.contains("hash_id_scope"));
  }

  @Override
  public TraceReader open(TraceFile file) throws IOException {
    var size = TraceHead.of(file).text("block_size");
    int blockTokens = size.matches("[0-9]{1,7}") ? Integer.parseInt(size) : BLOCK_TOKENS;
    if (blockTokens < 1 || blockTokens > BLOCK_TOKENS_MAX) {
      throw new BadTraceException(
          file.path(), 1, "block_size: %s (expected: 1 to %d)".formatted(size, BLOCK_TOKENS_MAX));
    }
    return new Reader(file, UnpackedInput.open(file), blockTokens);
  }

  /// Keeps the sessions that overlap, and what [PrefixIds] keeps.
  private static final class Reader extends PromptReader {
    private final TraceFile file;
    private final UnpackedInput in;
    private final JsonParser json;
    private final int blockTokens;
    private long sessions;
    private int turns;
    private long root;

    Reader(TraceFile file, UnpackedInput in, int blockTokens) {
      super(file, blockTokens);
      this.file = file;
      this.in = in;
      this.json = JsonMembers.JSON.createParser(in);
      this.blockTokens = blockTokens;
    }

    @Override
    boolean readOn() throws IOException {
      try {
        if (json.nextToken() == null) {
          return false;
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
          refuseHere(
              new BadLineException(
                  "%s (expected: a session, a JSON object)".formatted(json.currentToken())));
          json.skipChildren();
          return true;
        }
        readSession(json.readValueAsTree());
        return true;
      } catch (JacksonException broken) {
        if (broken.getCause() instanceof IOException failure) {
          throw failure;
        }
        // What follows cannot be found any more, so this ends the reading in any case.
        throw new BadTraceException(
            file.path(),
            broken.getLocation() == null ? 0 : broken.getLocation().getLineNr(),
            "not JSON, %s (expected: one object a session)".formatted(JsonMembers.reason(broken)));
      }
    }

    private void refuseHere(BadLineException bad) throws BadTraceException {
      refuse(json.currentLocation().getLineNr(), bad);
    }

    private void readSession(JsonNode node) throws BadTraceException {
      long startNs = noneBeforeNs();
      turns = 0;
      try {
        var session = JsonMembers.of(node, "");
        long tokens = session.integer("block_size", 1, BLOCK_TOKENS_MAX);
        if (tokens != blockTokens) {
          throw new BadLineException(
              "block_size: %d (expected: %d, as in the first session)"
                  .formatted(tokens, blockTokens));
        }
        boolean global =
            session.has("hash_id_scope") && session.text("hash_id_scope").equals("global");
        root = global ? PrefixIds.SHARED_ROOT : PrefixIds.root(sessions);
        readRequests(session, startNs);
      } catch (BadLineException bad) {
        refuseHere(bad);
      }
      sessions++;
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
          refuseHere(bad);
        }
      }
    }

    private void readEntry(JsonMembers entry, long startNs)
        throws BadLineException, BadTraceException {
      long timeNs = entry.timeNs("t", NANOS_PER_SECOND);
      if (entry.has("type") && entry.text("type").equals("subagent")) {
        double first = entry.object().path("requests").path(0).path("t").asDouble(0);
        boolean absolute = timeNs > 0 && first * NANOS_PER_SECOND >= timeNs;
        readRequests(entry, absolute ? startNs : startNs + timeNs);
        return;
      }
      int input = entry.tokens("in", 0);
      int output = entry.tokens("out", 0);
      var names = entry.ids("hash_ids");
      if (names.length > Math.ceilDiv(input, blockTokens)) {
        throw new BadLineException(
            "%shash_ids: %d ids (expected: %d, for %d tokens in blocks of %d)"
                .formatted(entry.place(), names.length, input / blockTokens, input, blockTokens));
      }
      add(new Prompt.Facts(startNs + timeNs, sessions, turns, input, output), root, names);
      turns++;
    }

    @Override
    long noneBeforeNs() {
      return sessions * START_NS;
    }

    @Override
    public double progress() {
      return in.progress();
    }

    @Override
    public void close() throws IOException {
      json.close();
      in.close();
    }
  }
}
