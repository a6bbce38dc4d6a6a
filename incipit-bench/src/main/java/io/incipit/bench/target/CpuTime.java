// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/// CPU time that this process has had so far, in nanoseconds.
public final class CpuTime {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private CpuTime() {}

  /// Of the calling thread.
  public static long threadNs() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /// Of all threads.
  public static long processNs() {
    return SYSTEM.getProcessCpuTime();
  }
}
