// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.Clock;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IngestThreadTest {
  @Test
  void run_nothingToFollow_waitsWithoutWork() throws Exception {
    var thread = new IngestThread(Clock.system());
    thread.start();
    var number = new CompletableFuture<Long>();
    thread.tell(() -> number.complete(Thread.currentThread().threadId()));
    var threads = ManagementFactory.getThreadMXBean();
    long id = number.get(1, TimeUnit.MINUTES);

    long before = threads.getThreadCpuTime(id);
    Thread.sleep(500);
    long after = threads.getThreadCpuTime(id);

    // A thread that turns round and round would take all of it, however slow the machine.
    assertThat(after - before).isLessThan(100_000_000);
    thread.stop();
  }

  @Test
  void tell_thousandTimes_runsAll() throws Exception {
    var thread = new IngestThread(Clock.system());
    thread.start();
    for (int i = 0; i < 1_000; i++) {
      var done = new CompletableFuture<Void>();
      thread.tell(() -> done.complete(null));
      done.get(1, TimeUnit.MINUTES);
    }
    thread.stop();
  }
}
