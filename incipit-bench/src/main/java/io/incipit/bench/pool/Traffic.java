// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

import java.util.EnumMap;
import java.util.Map;

/// What a client asked of the memory so far, counted. For one thread.
public final class Traffic {
  private long roundTrips;
  private long doorbells;
  private long reads;
  private long writes;
  private long atomics;
  private long readBytes;
  private long writtenBytes;
  private long messages;
  private long answers;
  private final Map<Retry, Long> retries = new EnumMap<>(Retry.class);

  /// Nothing yet.
  public Traffic() {}

  void wait(boolean forSomething) {
    roundTrips += forSomething ? 1 : 0;
  }

  void doorbell() {
    doorbells++;
  }

  void read(int bytes) {
    reads++;
    readBytes += bytes;
  }

  void write(int bytes) {
    writes++;
    writtenBytes += bytes;
  }

  void atomic() {
    atomics++;
  }

  void message() {
    messages++;
  }

  /// Bytes that came without a request of the client's own.
  void answer(int bytes) {
    answers++;
    readBytes += bytes;
  }

  void retry(Retry cause) {
    retries.merge(cause, 1L, Long::sum);
  }

  /// Waits for an answer: what was asked at once and waited for together is one.
  public long roundTrips() {
    return roundTrips;
  }

  /// Batches posted.
  public long doorbells() {
    return doorbells;
  }

  /// READs.
  public long reads() {
    return reads;
  }

  /// WRITEs.
  public long writes() {
    return writes;
  }

  /// CASes, masked CASes and FAAs.
  public long atomics() {
    return atomics;
  }

  /// All one-sided requests.
  public long requests() {
    return reads + writes + atomics;
  }

  /// Payload that came.
  public long readBytes() {
    return readBytes;
  }

  /// Payload that went, without operands of atomics.
  public long writtenBytes() {
    return writtenBytes;
  }

  /// Payload both ways.
  public long bytes() {
    return readBytes + writtenBytes;
  }

  /// Requests that a thread of the memory node answered.
  public long messages() {
    return messages;
  }

  /// Those of the messages that were waited for as a round trip, and are counted as one.
  public long answers() {
    return answers;
  }

  /// How often it had to ask again for a reason.
  public long retries(Retry cause) {
    return retries.getOrDefault(cause, 0L);
  }

  /// A copy of the counts as they are.
  public Traffic snapshot() {
    return new Traffic().plus(this, 1);
  }

  /// What was added since an earlier snapshot.
  public Traffic since(Traffic earlier) {
    return snapshot().plus(earlier, -1);
  }

  private Traffic plus(Traffic other, int sign) {
    roundTrips += sign * other.roundTrips;
    doorbells += sign * other.doorbells;
    reads += sign * other.reads;
    writes += sign * other.writes;
    atomics += sign * other.atomics;
    readBytes += sign * other.readBytes;
    writtenBytes += sign * other.writtenBytes;
    messages += sign * other.messages;
    answers += sign * other.answers;
    other.retries.forEach((cause, count) -> retries.merge(cause, sign * count, Long::sum));
    return this;
  }
}
