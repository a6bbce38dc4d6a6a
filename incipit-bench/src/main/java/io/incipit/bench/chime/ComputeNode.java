// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What clients on one machine share: which keys they read and write at the moment. A client that
/// wants a key that another is reading waits for that one's answer; one that wants to write a key
/// that another is about to write gives its value to it, and the last value given is written.
///
/// An answer is as old as the read that it comes from, but not older than a write by a client of
/// this machine that ended before it was asked for. The published table is found by the first 8
/// bytes of a key, which are the same for all numbers of 32 bytes; this one by the number. For
/// clients that take turns: not thread-safe.
public final class ComputeNode {
  private static final int WAITS = 1_000_000;

  private final Runnable pause;
  private final List<Flight> flights = new ArrayList<>();
  private long sharedReads;
  private long combinedWrites;

  /// What a client does for a key, while it does it.
  static final class Flight {
    private final long key;
    private final boolean write;
    private boolean joinable = true;
    private boolean done;
    private boolean failed;
    private long value;

    private Flight(long key, boolean write, long value) {
      this.key = key;
      this.write = write;
      this.value = value;
    }

    /// The value to write, now; from here on it is too late to give another.
    long close() {
      joinable = false;
      return value;
    }

    /// Whether it ended without doing what it was for.
    boolean hasFailed() {
      return failed;
    }

    long value() {
      return value;
    }
  }

  /// A machine.
  ///
  /// @param pause lets other clients have their turn, while one waits
  public ComputeNode(Runnable pause) {
    this.pause = pause;
  }

  /// Reads that another client's read has answered.
  public long sharedReads() {
    return sharedReads;
  }

  /// Writes that another client's write has done.
  public long combinedWrites() {
    return combinedWrites;
  }

  /// Waits for the read of a key that another client is at.
  ///
  /// @return it, ended; null if there is none
  @Nullable Flight joinRead(long key) {
    var flight = find(key, false);
    if (flight != null) {
      sharedReads++;
      await(flight);
    }
    return flight;
  }

  /// Gives a value to the write of a key that another client is at, and waits for it.
  ///
  /// @return it, ended; null if there is none
  @Nullable Flight joinWrite(long key, long value) {
    var flight = find(key, true);
    if (flight != null) {
      combinedWrites++;
      flight.value = value;
      await(flight);
    }
    return flight;
  }

  private @Nullable Flight find(long key, boolean write) {
    for (int i = 0; i < flights.size(); i++) {
      var flight = flights.get(i);
      if (flight.key == key && flight.write == write && flight.joinable) {
        return flight;
      }
    }
    return null;
  }

  private void await(Flight flight) {
    for (int waits = 0; !flight.done; waits++) {
      if (waits == WAITS) {
        throw new IllegalStateException("waits: %d for key %d".formatted(waits, flight.key));
      }
      pause.run();
    }
  }

  /// Begins what others may join.
  Flight begin(long key, boolean write, long value) {
    var flight = new Flight(key, write, value);
    flights.add(flight);
    return flight;
  }

  /// Ends a read, with what it found.
  void endRead(Flight flight, long value) {
    flight.value = value;
    end(flight, false);
  }

  /// Ends a write.
  void endWrite(Flight flight) {
    wrote(flight.key);
    end(flight, false);
  }

  /// A key was written: reads that began before that answer nobody who asks now.
  void wrote(long key) {
    for (int i = 0; i < flights.size(); i++) {
      var other = flights.get(i);
      other.joinable &= other.key != key || other.write;
    }
  }

  /// Ends what has not ended yet, and so failed; those who joined it do it themselves.
  void giveUp(Flight flight) {
    if (!flight.done) {
      end(flight, true);
    }
  }

  private void end(Flight flight, boolean failed) {
    flight.failed = failed;
    flight.joinable = false;
    flight.done = true;
    flights.remove(flight);
  }
}
