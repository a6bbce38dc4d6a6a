// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

/// What the name of an owner says: the worker, its data-parallel rank behind `#` if that is not 0,
/// and behind `#~` that it is what was routed there, not what the worker said.
///
/// @param worker name of the running engine
/// @param rank of it, from 0
/// @param isRouted whether it only stands for requests that were sent there
record OwnerName(String worker, int rank, boolean isRouted) {
  private static final int DIGITS_MAX = 6;

  static OwnerName parse(String name) {
    int at = name.lastIndexOf('#');
    if (at > 0) {
      boolean routed = name.startsWith("~", at + 1);
      var digits = name.substring(at + (routed ? 2 : 1));
      boolean number =
          digits.length() <= DIGITS_MAX && digits.chars().allMatch(c -> c >= '0' && c <= '9');
      if (number && (routed || !digits.isEmpty())) {
        return new OwnerName(
            name.substring(0, at), digits.isEmpty() ? 0 : Integer.parseInt(digits), routed);
      }
    }
    return new OwnerName(name, 0, false);
  }

  String text() {
    if (isRouted) {
      return worker + "#~" + (rank == 0 ? "" : rank);
    }
    return rank == 0 ? worker : worker + "#" + rank;
  }
}
