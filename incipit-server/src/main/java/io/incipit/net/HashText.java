// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Op;

/// Whether hashes look like text that was sent without the word `HEX`: then each digit was taken
/// for a byte, which is valid, and found nowhere.
final class HashText {
  private HashText() {}

  /// Whether a request without `HEX` has a chain of hex digits only. A chain of two hashes of which
  /// that is true by chance comes once in 10^17.
  static boolean looksForgotten(Op op) {
    return op instanceof Op.Match match
        ? isText(match.hashes())
        : op instanceof Op.Publish publish && publish.changes().stream().anyMatch(HashText::isText);
  }

  private static boolean isText(Change change) {
    return change instanceof Change.Store store && isText(store.hashes());
  }

  private static boolean isText(BlockChain chain) {
    if (chain.length() < 2) {
      return false;
    }
    for (int i = 0; i < chain.length(); i++) {
      if (!isText(chain.low(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isText(long hash) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      if (Character.digit((char) (hash >>> shift & 0xff), 16) < 0) {
        return false;
      }
    }
    return true;
  }
}
