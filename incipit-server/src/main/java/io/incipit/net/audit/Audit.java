// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import java.time.Duration;

/// Who is told what was done and denied. Thread-safe; never blocks, never throws.
public interface Audit {
  /// Nobody.
  Audit NONE =
      new Audit() {
        @Override
        public boolean isOn() {
          return false;
        }

        @Override
        public void note(AuditEvent event) {
          // Nobody wants to know.
        }
      };

  /// Whether anybody wants to know.
  boolean isOn();

  /// Notes what happened, now.
  void note(AuditEvent event);

  /// Lines written so far.
  default long lines() {
    return 0;
  }

  /// Lines that were not written, since there was no room for them.
  default long dropped() {
    return 0;
  }

  /// Attempts to write that failed.
  default long failures() {
    return 0;
  }

  /// Writes what waits, within a time, and ends. Blocks.
  default void close(Duration most) {
    // Nothing waits.
  }
}
