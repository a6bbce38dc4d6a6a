// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

/// What a user may do with a namespace, be it there or not.
public enum Insight {
  /// What is asked.
  MAY,
  /// Something else only.
  MAY_NOT,
  /// Nothing: to him it is not there.
  HIDDEN
}
