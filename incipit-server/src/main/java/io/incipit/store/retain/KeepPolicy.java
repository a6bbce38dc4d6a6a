// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import io.incipit.policy.EvictionPolicy;
import io.incipit.policy.Hazard;
import io.incipit.policy.LeafLru;
import io.incipit.policy.S3Fifo;

/// The policies that a store can run; the simulator has them under the same names.
public enum KeepPolicy {
  LEAF_LRU("leaf-lru"),
  S3_FIFO("s3-fifo"),
  HZD("hzd");

  private final String text;

  KeepPolicy(String text) {
    this.text = text;
  }

  EvictionPolicy.Factory factory() {
    return switch (this) {
      case LEAF_LRU -> (_, tree) -> new LeafLru(tree);
      case S3_FIFO -> S3Fifo::new;
      case HZD -> Hazard::new;
    };
  }

  /// As people write it.
  @Override
  public String toString() {
    return text;
  }
}
