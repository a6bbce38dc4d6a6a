// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.trace.simulate.policy.PolicyName;
import io.incipit.trace.simulate.tier.DiskShape;
import java.util.List;
import java.util.Optional;

/// Which caches to simulate: every policy at every capacity.
///
/// @param policies names as people write them
/// @param seed of the samples that some policies draw
/// @param curve whether the whole curve of `leaf-lru` is wanted as well
/// @param hints which hints all of them are given
/// @param disks below each of them in turn, beside the same caches without one
public record SimSpec(
    List<String> policies,
    List<Capacity> capacities,
    Admission admission,
    long seed,
    CurveSampling curve,
    HintSpec hints,
    List<Disk> disks) {
  public SimSpec {
    policies = List.copyOf(policies);
    capacities = List.copyOf(capacities);
    disks = List.copyOf(disks);
    policies.forEach(PolicyName::parse);
  }

  /// Caches that are given no hints.
  public SimSpec(
      List<String> policies,
      List<Capacity> capacities,
      Admission admission,
      long seed,
      CurveSampling curve) {
    this(policies, capacities, admission, seed, curve, HintSpec.NONE, List.of());
  }

  /// A disk below a cache.
  ///
  /// @param model whose KV is on it
  public record Disk(Capacity capacity, KvModel model) {
    /// The part of the memory that a store with a disk keeps free.
    private static final int HEADROOM = 16;

    /// Reads a capacity, in bytes or as what so many blocks have.
    ///
    /// @param model of the blocks, unless the text names one itself
    /// @throws IllegalArgumentException if it is none, or nobody names a model
    public static Disk parse(String text, Optional<KvModel> model) {
      var capacity = Capacity.parse(text, model);
      var named = capacity instanceof Capacity.Bytes bytes ? Optional.of(bytes.model()) : model;
      return new Disk(
          capacity,
          named.orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "disk: %s (expected: bytes for a model such as 1TiB@llama-3-8b, or --model)"
                          .formatted(text))));
    }

    /// What that is for a trace.
    ///
    /// @param distinct different blocks of the trace
    public DiskShape shape(long distinct, int blockTokens) {
      long block = model.tokenBytes() * blockTokens;
      double bytes =
          capacity instanceof Capacity.Bytes its
              ? its.bytes()
              : (double) capacity.blocks(distinct, blockTokens) * block;
      return new DiskShape((long) Math.min(bytes, 0x1p60), block);
    }

    /// Blocks that memory keeps above such a disk.
    ///
    /// @param blocks that it has room for
    static int hostBlocks(int blocks, DiskShape shape) {
      int kept = blocks - Math.ceilDiv(blocks, HEADROOM);
      return shape.capacityBytes() == 0 ? blocks : Math.max(1, kept);
    }

    /// As people write it.
    @Override
    public String toString() {
      return capacity.toString();
    }
  }

  boolean needsForesight() {
    return policies.stream().map(PolicyName::parse).anyMatch(PolicyName::isOffline);
  }
}
