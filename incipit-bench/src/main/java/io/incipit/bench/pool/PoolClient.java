// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

import io.incipit.env.RandomSource;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// A client's end: requests are added to a batch, a doorbell posts the batch, and a wait ends when
/// all answers of what was posted signalled are there. What a request brings may be used after the
/// wait only. Counts what it does and moves a virtual clock. For one thread.
///
/// On one queue pair requests are done in the order in which they were added. With several, they
/// are dealt out in turn, but for those that [#keepQueuePair] keeps together, and the model lets
/// more READs be under way.
public final class PoolClient {
  private static final long JITTER_SEED = 7;

  private final MemoryPool pool;
  private final CostModel model;
  private final Transport transport;
  private final Traffic traffic = new Traffic();
  private final Nic nic = new Nic();
  private final double[][] underWay;
  private final RandomGenerator random = RandomSource.seeded(JITTER_SEED);

  /// Answers of the atomics of the batch.
  private long[] answers = new long[16];

  private final int[] nextOfPair;
  private int atomics;
  private int pair;
  private boolean kept;
  private int batched;
  private double nowNs;
  private double batchEndNs;
  private double waitEndNs;
  private boolean awaited;

  /// A client with one queue pair that does requests at once.
  public PoolClient(MemoryPool pool) {
    this(pool, Transport.WHOLE, 1);
  }

  /// A client.
  ///
  /// @param queuePairs over which its requests are dealt out, at least 1
  public PoolClient(MemoryPool pool, Transport transport, int queuePairs) {
    this.pool = pool;
    this.model = pool.model();
    this.transport = transport;
    this.underWay = new double[queuePairs][model.outstandingMax()];
    this.nextOfPair = new int[queuePairs];
  }

  /// The memory it is a client of.
  public MemoryPool pool() {
    return pool;
  }

  /// What it did so far.
  public Traffic traffic() {
    return traffic;
  }

  /// Its virtual clock, ns.
  public double nowNs() {
    return nowNs;
  }

  /// Lets its clock stand at a time, unless it is past that.
  public void idleUntil(double timeNs) {
    nowNs = Math.max(nowNs, timeNs);
  }

  /// Lets the requests that are added from now on go over the next queue pair, all of them, so that
  /// they are done in order.
  public void keepQueuePair() {
    pair = (pair + 1) % underWay.length;
    kept = true;
  }

  /// Deals requests out over all queue pairs again.
  public void dealQueuePairs() {
    kept = false;
  }

  /// Adds a READ: bytes `[address, address + length)` will be at `target[at..]`.
  public void read(long address, byte[] target, int at, int length) {
    int index = pool.indexOf(address, length);
    transport.copy(pool.arrayOf(address), index, target, at, length);
    traffic.read(length);
    double last = queued(model.requestNs(), model.wireNs(length), true);
    ends(last + model.roundTripNs() + model.byteNs() * length);
  }

  /// Adds a WRITE of `source[at..]`.
  public void write(long address, byte[] source, int at, int length) {
    int index = pool.indexOf(address, length);
    transport.write(source, at, pool.arrayOf(address), index, length);
    traffic.write(length);
    double last = queued(model.requestNs(), model.wireNs(length), false);
    boolean inline = length <= model.inlineMax();
    ends(last + (inline ? model.inlineWriteNs() : model.roundTripNs() + model.byteNs() * length));
  }

  /// Adds a WRITE of 8 bytes.
  public void writeLong(long address, long value) {
    var bytes = new byte[Long.BYTES];
    Bytes.setLong(bytes, 0, value);
    write(address, bytes, 0, Long.BYTES);
  }

  /// Adds a CAS of 8 aligned bytes.
  ///
  /// @return its number, for [#answer]
  public int compareAndSwap(long address, long expected, long value) {
    return maskedCompareAndSwap(address, -1, expected, -1, value);
  }

  /// Adds a CAS that compares and swaps only the bits of its masks.
  ///
  /// @return its number, for [#answer]
  public int maskedCompareAndSwap(
      long address, long compareMask, long expected, long swapMask, long value) {
    int index = beforeAtomic(address);
    var memory = pool.arrayOf(address);
    long old = Bytes.longAt(memory, index);
    if (((old ^ expected) & compareMask) == 0) {
      Bytes.setLong(memory, index, (old & ~swapMask) | (value & swapMask));
    }
    return afterAtomic(address, old);
  }

  /// Adds a FAA of 8 aligned bytes.
  ///
  /// @return its number, for [#answer]
  public int fetchAndAdd(long address, long delta) {
    int index = beforeAtomic(address);
    var memory = pool.arrayOf(address);
    long old = Bytes.longAt(memory, index);
    Bytes.setLong(memory, index, old + delta);
    return afterAtomic(address, old);
  }

  private int beforeAtomic(long address) {
    if (address % Long.BYTES != 0) {
      throw new IllegalArgumentException(
          "address: %d (expected: a multiple of 8)".formatted(address));
    }
    int index = pool.indexOf(address, Long.BYTES);
    transport.beforeAtomic();
    return index;
  }

  private int afterAtomic(long address, long old) {
    traffic.atomic();
    boolean onChip = address >= MemoryPool.ON_CHIP;
    double slots = onChip ? model.onChipSlots() : model.atomicSlots();
    double last = queued(slots * model.requestNs(), model.wireNs(Long.BYTES), true);
    double begin =
        pool.atomicStart(address, last, onChip ? model.onChipGapNs() : model.atomicGapNs());
    ends(begin + model.roundTripNs() + (onChip ? 0 : model.atomicNs()));
    if (atomics == answers.length) {
      answers = Arrays.copyOf(answers, 2 * atomics);
    }
    answers[atomics] = old;
    return atomics++;
  }

  /// What stood there before atomic `number` of the batches waited for last.
  public long answer(int number) {
    return answers[number];
  }

  /// Posts the batch; its answers are there after the next [#await].
  public void post() {
    if (batched > 0) {
      doorbell();
      waitEndNs = Math.max(waitEndNs, batchEndNs);
      awaited = true;
      ended();
    }
  }

  /// Posts the batch, and never waits for it.
  public void postUnsignalled() {
    if (batched > 0) {
      doorbell();
      ended();
    }
  }

  private void doorbell() {
    traffic.doorbell();
    nowNs += model.postNs() + (batched - 1) * model.requestPostNs();
  }

  private void ended() {
    batched = 0;
    batchEndNs = 0;
  }

  /// Waits for all that was posted signalled: one round trip, or none if there is nothing.
  public void await() {
    traffic.wait(awaited);
    if (awaited) {
      double tripNs = Math.max(0, waitEndNs - nowNs);
      if (model.jitterSigma() > 0) {
        tripNs *= Math.exp(model.jitterSigma() * random.nextGaussian());
      }
      nowNs += tripNs + model.pollNs();
    }
    awaited = false;
    waitEndNs = 0;
    atomics = 0;
  }

  /// Posts the batch and waits for it: one round trip.
  public void ring() {
    post();
    await();
  }

  /// Asks a thread of the memory node for a chunk, and waits.
  ///
  /// @return its address
  public long chunk(int bytes) {
    traffic.message();
    nowNs += model.allocationNs();
    return pool.reserve(bytes, Transport.LINE);
  }

  /// Sends a thread of the memory node a message, by WRITEs into its ring, and waits for the
  /// answer, which that thread WRITEs back: one round trip. What the thread takes itself is not
  /// modelled.
  ///
  /// @param bytes of the message
  /// @param answerBytes of the answer
  public void message(int bytes, int answerBytes) {
    traffic.message();
    traffic.write(bytes);
    traffic.answer(answerBytes);
    double last = queued(model.requestNs(), model.wireNs(bytes), false);
    last = Math.max(last, pool.nic().take(last, model.requestNs(), model.wireNs(answerBytes)));
    ends(last + model.roundTripNs() + model.byteNs() * (bytes + answerBytes));
    ring();
  }

  /// Counts that it asks again.
  public void retry(Retry cause) {
    traffic.retry(cause);
  }

  /// Takes a request into both adapters.
  ///
  /// @return when the last of it has passed them
  private double queued(double requestNs, double wireNs, boolean limited) {
    pair = kept ? pair : (pair + 1) % underWay.length;
    double startNs = nic.startNs(pool.nic().startNs(nowNs));
    if (limited) {
      startNs = Math.max(startNs, underWay[pair][nextOfPair[pair]]);
    }
    batched++;
    double last = pool.nic().take(startNs, requestNs, wireNs);
    nic.take(startNs, requestNs, wireNs);
    if (limited) {
      underWay[pair][nextOfPair[pair]] = last + model.roundTripNs();
      nextOfPair[pair] = (nextOfPair[pair] + 1) % underWay[pair].length;
    }
    return last;
  }

  private void ends(double timeNs) {
    batchEndNs = Math.max(batchEndNs, timeNs);
  }
}
