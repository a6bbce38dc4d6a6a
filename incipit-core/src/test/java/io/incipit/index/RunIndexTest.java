// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

/// The run index keeps the contract.
final class RunIndexTest extends PrefixIndexContract {
  @Override
  PrefixIndex newIndex() {
    return new RunIndex(IndexConfig.DEFAULT);
  }
}
