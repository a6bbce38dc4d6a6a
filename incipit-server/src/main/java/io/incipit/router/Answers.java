// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import io.incipit.block.Tier;
import java.util.stream.IntStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.SerializedString;

/// Writes what a fleet holds as each dialect wants it: in tokens, of full blocks without a gap from
/// the first. What neither dialect has is there only where it says something: `partial` and
/// `routed` beside a worker, `truncated`, `floor` and `unknown` beside them all.
final class Answers {
  private static final SerializableString LONGEST = new SerializedString("longest_matched");
  private static final SerializableString GPU = new SerializedString("GPU");
  private static final SerializableString CPU = new SerializedString("CPU");
  private static final SerializableString DISK = new SerializedString("DISK");
  private static final SerializableString DYNAMO_GPU = new SerializedString("gpu");
  private static final SerializableString DYNAMO_CPU = new SerializedString("cpu");
  private static final SerializableString DYNAMO_DISK = new SerializedString("disk");

  /// Numbers of ranks, as names.
  private static final SerializableString[] RANKS =
      IntStream.range(0, 64)
          .mapToObj(rank -> new SerializedString(Integer.toString(rank)))
          .toArray(SerializableString[]::new);

  private Answers() {}

  private static void number(JsonGenerator json, SerializableString name, long number) {
    json.writeName(name);
    json.writeNumber(number);
  }

  static void write(
      JsonGenerator json, Dialect dialect, Scope scope, Space space, FleetMatch fleet) {
    json.writeStartObject();
    switch (dialect) {
      case CONDUCTOR -> writeConductor(json, scope, space.blockTokens(), fleet);
      case DYNAMO -> writeDynamo(json, space.blockTokens(), fleet);
    }
    writeRest(json, space.blockTokens(), fleet);
    json.writeEndObject();
  }

  /// By tenant and worker; each tier by itself.
  private static void writeConductor(
      JsonGenerator json, Scope scope, int blockTokens, FleetMatch fleet) {
    json.writeName(scope.group());
    json.writeStartObject();
    for (var worker : fleet.workers()) {
      json.writeName(worker.worker());
      json.writeStartObject();
      number(json, LONGEST, tokens(worker.longest(), blockTokens));
      number(json, GPU, tokens(worker.only(Tier.GPU), blockTokens));
      json.writeName("DP");
      writeRanks(json, worker, blockTokens);
      number(json, CPU, tokens(worker.only(Tier.HOST), blockTokens));
      number(json, DISK, tokens(worker.only(Tier.DISK), blockTokens));
      writeFlags(json, worker);
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /// Tiers count what is in those before them, too.
  private static void writeDynamo(JsonGenerator json, int blockTokens, FleetMatch fleet) {
    json.writeName("scores");
    json.writeStartObject();
    for (var worker : fleet.workers()) {
      if (worker.upTo(Tier.GPU) > 0) {
        json.writeName(worker.worker());
        writeRanks(json, worker, blockTokens);
      }
    }
    json.writeEndObject();
    json.writeName("frequencies");
    var frequencies = fleet.frequencies();
    json.writeArray(frequencies, 0, frequencies.length);
    json.writeName("instances");
    json.writeStartObject();
    for (var worker : fleet.workers()) {
      json.writeName(worker.worker());
      json.writeStartObject();
      number(json, LONGEST, tokens(worker.longest(), blockTokens));
      number(json, DYNAMO_GPU, tokens(worker.upTo(Tier.GPU), blockTokens));
      json.writeName("dp");
      writeRanks(json, worker, blockTokens);
      number(json, DYNAMO_CPU, tokens(worker.upTo(Tier.HOST), blockTokens));
      number(json, DYNAMO_DISK, tokens(worker.upTo(Tier.DISK), blockTokens));
      writeFlags(json, worker);
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /// Tokens in the first tier, by rank.
  private static void writeRanks(JsonGenerator json, WorkerMatch worker, int blockTokens) {
    json.writeStartObject();
    for (var rank : worker.ranks()) {
      int number = rank.number();
      if (number < RANKS.length) {
        json.writeName(RANKS[number]);
      } else {
        json.writeName(Integer.toString(number));
      }
      json.writeNumber(tokens(rank.upTo(Tier.GPU), blockTokens));
    }
    json.writeEndObject();
  }

  private static void writeFlags(JsonGenerator json, WorkerMatch worker) {
    if (worker.isPartial()) {
      json.writeBooleanProperty("partial", true);
    }
    if (worker.isRouted()) {
      json.writeBooleanProperty("routed", true);
    }
  }

  private static void writeRest(JsonGenerator json, int blockTokens, FleetMatch fleet) {
    if (fleet.isTruncated()) {
      json.writeBooleanProperty("truncated", true);
      json.writeName("floor");
      json.writeStartObject();
      json.writeNumberProperty("longest_matched", tokens(fleet.floor(Tier.REMOTE), blockTokens));
      json.writeNumberProperty("gpu", tokens(fleet.floor(Tier.GPU), blockTokens));
      json.writeNumberProperty("cpu", tokens(fleet.floor(Tier.HOST), blockTokens));
      json.writeNumberProperty("disk", tokens(fleet.floor(Tier.DISK), blockTokens));
      json.writeEndObject();
    }
    if (!fleet.unknown().isEmpty()) {
      json.writeName("unknown");
      json.writeStartArray();
      fleet.unknown().forEach(json::writeString);
      json.writeEndArray();
    }
  }

  private static long tokens(int blocks, int blockTokens) {
    return (long) blocks * blockTokens;
  }
}
