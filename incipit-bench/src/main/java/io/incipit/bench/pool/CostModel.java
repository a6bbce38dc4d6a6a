// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

import java.util.LinkedHashMap;
import java.util.Map;

/// What the network and its adapters take: the parameters of the model by which virtual clocks go.
/// No hardware was measured for it. The defaults are those of a 100 Gb/s adapter of the class of
/// ConnectX-5 and -6, put together from published figures; [#parameters] says each with its basis.
///
/// A signalled batch ends when its last request does. A request begins when client, both adapters
/// and (a READ or an atomic) its queue pair are free; it occupies the request server of both
/// adapters for its slots and the byte server for its bytes, and its answer is there a round trip
/// later, plus what its size adds.
///
/// @param roundTripNs of a READ, or a WRITE that is not inline
/// @param inlineWriteNs the same of a WRITE of at most `inlineMax` bytes
/// @param inlineMax bytes that travel inside the request
/// @param byteNs what each byte of the last answer adds
/// @param requestNs an adapter's time for a request
/// @param bytesPerNs an adapter's bandwidth
/// @param packetBytes header of each packet
/// @param packetMax payload of a packet, bytes
/// @param atomicNs what an atomic adds to the round trip, in ordinary memory
/// @param atomicSlots requests that an atomic counts for, in ordinary memory
/// @param atomicGapNs between atomics at the same address, in ordinary memory
/// @param onChipSlots as `atomicSlots`, in the adapter's own memory
/// @param onChipGapNs as `atomicGapNs`, in the adapter's own memory
/// @param outstandingMax READs and atomics that a queue pair has under way
/// @param postNs client's CPU time for each doorbell
/// @param requestPostNs client's CPU time for each further request of it
/// @param pollNs client's CPU time for each wait
/// @param allocationNs of a chunk, which the memory node's own thread gives
/// @param jitterSigma of the logarithm of each wait's round trip; 0: none
public record CostModel(
    double roundTripNs,
    double inlineWriteNs,
    int inlineMax,
    double byteNs,
    double requestNs,
    double bytesPerNs,
    int packetBytes,
    int packetMax,
    double atomicNs,
    double atomicSlots,
    double atomicGapNs,
    double onChipSlots,
    double onChipGapNs,
    int outstandingMax,
    double postNs,
    double requestPostNs,
    double pollNs,
    double allocationNs,
    double jitterSigma) {
  /// Network only: no CPU time of clients.
  public static final CostModel DEFAULT =
      new CostModel(
          2_000, 1_800, 220, 0.08, 1e3 / 60, 11.5, 80, 4_096, 500, 4.5, 400, 0.9, 80, 16, 0, 0, 0,
          6_000, 0);

  /// The same with some parameters changed.
  ///
  /// @param changes by the names of [#parameters]
  /// @throws IllegalArgumentException if a name is unknown or a value is out of range
  public CostModel with(Map<String, Double> changes) {
    var all = parameters();
    changes.forEach(
        (name, value) -> {
          if (!all.containsKey(name)) {
            throw new IllegalArgumentException(
                "%s (expected: one of %s)".formatted(name, String.join(", ", all.keySet())));
          }
          double least = least(name);
          double most = most(name);
          if (!(value >= least && value <= most) || (isWhole(name) && value != Math.rint(value))) {
            throw new IllegalArgumentException(
                "%s: %s (expected: %s from %s to %s)"
                    .formatted(
                        name, value, isWhole(name) ? "an integer" : "a number", least, most));
          }
          all.put(name, value);
        });
    var v = all.values().stream().mapToDouble(Double::doubleValue).toArray();
    return new CostModel(
        v[0],
        v[1],
        (int) v[2],
        v[3],
        v[4],
        v[5],
        (int) v[6],
        (int) v[7],
        v[8],
        v[9],
        v[10],
        v[11],
        v[12],
        (int) v[13],
        v[14],
        v[15],
        v[16],
        v[17],
        v[18]);
  }

  private static double least(String name) {
    return switch (name) {
      case "bytes-per-ns" -> 1e-3;
      case "packet-max", "outstanding-max" -> 1;
      default -> 0;
    };
  }

  /// Beyond these a sum of times has no nanoseconds left, or a table no room.
  private static double most(String name) {
    return switch (name) {
      case "outstanding-max" -> 4_096;
      case "jitter-sigma" -> 3;
      default -> 1e9;
    };
  }

  private static boolean isWhole(String name) {
    return switch (name) {
      case "inline-max", "packet-bytes", "packet-max", "outstanding-max" -> true;
      default -> false;
    };
  }

  /// Every parameter by its name, in the order of the record.
  public Map<String, Double> parameters() {
    var all = new LinkedHashMap<String, Double>();
    all.put("round-trip-ns", roundTripNs);
    all.put("inline-write-ns", inlineWriteNs);
    all.put("inline-max", (double) inlineMax);
    all.put("byte-ns", byteNs);
    all.put("request-ns", requestNs);
    all.put("bytes-per-ns", bytesPerNs);
    all.put("packet-bytes", (double) packetBytes);
    all.put("packet-max", (double) packetMax);
    all.put("atomic-ns", atomicNs);
    all.put("atomic-slots", atomicSlots);
    all.put("atomic-gap-ns", atomicGapNs);
    all.put("on-chip-slots", onChipSlots);
    all.put("on-chip-gap-ns", onChipGapNs);
    all.put("outstanding-max", (double) outstandingMax);
    all.put("post-ns", postNs);
    all.put("request-post-ns", requestPostNs);
    all.put("poll-ns", pollNs);
    all.put("allocation-ns", allocationNs);
    all.put("jitter-sigma", jitterSigma);
    return all;
  }

  /// Requests with so many bytes that an adapter does in a second, if there are always some.
  public double requestsPerSecond(double bytes) {
    return 1e9 / Math.max(requestNs, wireNs(bytes));
  }

  /// What a payload takes of the byte server, with the headers of its packets.
  double wireNs(double bytes) {
    return (bytes + packetBytes * Math.max(1, Math.ceil(bytes / packetMax))) / bytesPerNs;
  }
}
