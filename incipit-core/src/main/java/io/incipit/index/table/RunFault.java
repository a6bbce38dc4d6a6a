// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

/// Bugs that tests plant to see that they would be found. Production has [#NONE].
public enum RunFault {
  NONE,
  /// A run's generation does not change when the run does.
  KEEP_GENERATION,
  /// A column is given back while readers may still believe it.
  RECYCLE_EARLY,
  /// Readers keep the first table they saw.
  CACHE_TABLE
}
