// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.trace.simulate.policy.PolicyName;
import java.util.List;

/// Which caches to simulate: every policy at every capacity.
///
/// @param policies names as people write them
/// @param seed of the samples that some policies draw
/// @param curve whether the whole curve of `leaf-lru` is wanted as well
/// @param hints which hints all of them are given
public record SimSpec(
    List<String> policies,
    List<Capacity> capacities,
    Admission admission,
    long seed,
    CurveSampling curve,
    HintSpec hints) {
  public SimSpec {
    policies = List.copyOf(policies);
    capacities = List.copyOf(capacities);
    policies.forEach(PolicyName::parse);
  }

  /// Caches that are given no hints.
  public SimSpec(
      List<String> policies,
      List<Capacity> capacities,
      Admission admission,
      long seed,
      CurveSampling curve) {
    this(policies, capacities, admission, seed, curve, HintSpec.NONE);
  }

  boolean needsForesight() {
    return policies.stream().map(PolicyName::parse).anyMatch(PolicyName::isOffline);
  }
}
