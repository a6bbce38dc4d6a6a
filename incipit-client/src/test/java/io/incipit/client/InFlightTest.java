// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.Op;
import io.incipit.block.Reply;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class InFlightTest {
  private final InFlight inFlight = new InFlight(3);

  private static PendingRequest<?> request(long deadlineNs) {
    var op = new Op.Stats(Optional.empty());
    return new PendingRequest<>(
        new OpExchange<>(op, Reply.class), new CompletableFuture<>(), deadlineNs);
  }

  private PendingRequest<?> added(long deadlineNs) {
    var request = request(deadlineNs);
    inFlight.add(request, 1);
    return request;
  }

  @Test
  void poll_givesTheOrderInWhichTheyWereSent() {
    var first = added(9);
    var second = added(1);
    assertEquals(Optional.of(first), inFlight.poll());
    assertEquals(Optional.of(second), inFlight.poll());
    assertEquals(Optional.empty(), inFlight.poll());
  }

  @Test
  void isFull_byNumberOrBytes_untilOneIsAnswered() {
    var _ = added(1);
    var _ = added(1);
    assertFalse(inFlight.isFull());
    var _ = added(1);
    assertTrue(inFlight.isFull());
    assertTrue(inFlight.poll().isPresent());
    assertFalse(inFlight.isFull());
    inFlight.drain();
    inFlight.add(request(1), 64 << 20);
    assertTrue(inFlight.isFull());
    assertTrue(inFlight.poll().isPresent());
    assertFalse(inFlight.isFull());
  }

  @Test
  void overdue_areThoseThatSomebodyWaitsFor() {
    var late = added(10);
    var over = added(5);
    over.fail(new ClientException.Closed("nobody waits"));
    var _ = added(11);
    assertEquals(List.of(late), inFlight.overdue(10));
    assertEquals(3, inFlight.count(), "one whose deadline is over keeps its place");
    assertEquals(10, inFlight.oldestDeadlineNs());
    assertEquals(11, inFlight.nextDeadlineNs(10));
    assertEquals(Long.MAX_VALUE, inFlight.nextDeadlineNs(11));
  }

  @Test
  void drain_leavesNothing() {
    var first = added(1);
    var second = added(2);
    assertEquals(List.of(first, second), inFlight.drain());
    assertEquals(0, inFlight.count());
    assertEquals(Long.MAX_VALUE, inFlight.oldestDeadlineNs());
  }
}
