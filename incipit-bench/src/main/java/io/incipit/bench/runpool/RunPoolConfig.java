// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

/// How a run index in one-sided memory is made.
///
/// @param locations whether each block has a location of 8 bytes beside its holders
/// @param writing who changes it
/// @param anchorBuckets buckets of 64 bytes that the table of anchors begins with, at least 2.
///     Where one owner writes, it grows. Where clients do, it stays as it is, and a put fails if
///     the head of its run finds both of its buckets full of heads
/// @param leaseNs how long what was freed is not used again; no look-up takes as long, or it
///     begins again
public record RunPoolConfig(boolean locations, Writing writing, int anchorBuckets, double leaseNs) {
  /// Buckets that a table begins with unless said otherwise.
  public static final int ANCHOR_BUCKETS = 512;

  /// The lease unless said otherwise: 5 s.
  public static final double LEASE_NS = 5e9;

  /// Refuses what cannot be.
  public RunPoolConfig {
    if (anchorBuckets < 2) {
      throw new IllegalArgumentException(
          "anchorBuckets: %d (expected: at least 2)".formatted(anchorBuckets));
    }
    if (!(leaseNs > 0)) {
      throw new IllegalArgumentException("leaseNs: %s (expected: above 0)".formatted(leaseNs));
    }
  }

  /// One that clients write, with the usual lease and a table for so many blocks that differ, put
  /// in so many chains: two of three slots are in use if each chain makes two runs, that of its own
  /// end and that of the one which it parts from.
  ///
  /// @param blocks at least 0
  /// @param chains at least 0
  public static RunPoolConfig forClients(boolean locations, long blocks, long chains) {
    long slots = (blocks / Layout.ANCHOR_EVERY + 2 * chains) * 3 / 2;
    int buckets = Math.toIntExact(Math.max(2, slots / Layout.BUCKET_SLOTS + 1));
    return new RunPoolConfig(locations, Writing.CLIENTS, buckets, LEASE_NS);
  }

  /// One with the usual table and lease.
  public RunPoolConfig(boolean locations, Writing writing) {
    this(locations, writing, ANCHOR_BUCKETS, LEASE_NS);
  }
}
