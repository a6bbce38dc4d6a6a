// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

/// A network adapter as two queues: one for requests, one for bytes. Times are virtual, in ns.
final class Nic {
  private double requestsFreeNs;
  private double bytesFreeNs;

  /// When a request that comes now can begin.
  double startNs(double nowNs) {
    return Math.max(nowNs, requestsFreeNs);
  }

  /// Takes a request in.
  ///
  /// @return when its last byte is through
  double take(double startNs, double requestNs, double wireNs) {
    requestsFreeNs = startNs + requestNs;
    bytesFreeNs = Math.max(startNs, bytesFreeNs) + wireNs;
    return Math.max(requestsFreeNs, bytesFreeNs);
  }
}
