// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

/// The oracle keeps the contract it stands for.
final class OracleIndexTest extends PrefixIndexContract {
  @Override
  PrefixIndex newIndex(IndexConfig config) {
    return new OracleIndex();
  }
}
