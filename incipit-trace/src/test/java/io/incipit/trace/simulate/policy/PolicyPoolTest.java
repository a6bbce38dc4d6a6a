// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import static java.util.function.Predicate.not;

import io.incipit.policy.BlockPool;
import io.incipit.policy.BlockPoolContract;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.PoolProgram;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/// Pools under the policies that only simulations run.
class PolicyPoolTest extends BlockPoolContract {
  private static final Set<PolicyName> STORED =
      EnumSet.of(PolicyName.LEAF_LRU, PolicyName.S3_FIFO, PolicyName.HZD);

  private record Simulated(PolicyName name) implements Policy {
    @Override
    public BlockPool pool(PoolConfig config, PoolProgram program) {
      return name.pool(config, isOffline() ? ProgramForesight.of(program) : Foresight.NONE);
    }

    @Override
    public boolean isOffline() {
      return name.isOffline();
    }

    @Override
    public String toString() {
      return name.toString();
    }
  }

  @Override
  protected Stream<Policy> policies() {
    return Arrays.stream(PolicyName.values()).filter(not(STORED::contains)).map(Simulated::new);
  }
}
