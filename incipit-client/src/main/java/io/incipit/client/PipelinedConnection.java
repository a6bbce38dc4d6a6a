// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.env.Connection;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.ReplyParser;
import io.incipit.protocol.RespBuffer;
import io.incipit.protocol.RespValue;
import java.io.IOException;
import java.io.Serial;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One connection, from the first request on it to its end. Replies come in the order of requests.
///
/* How it works.

 Two threads of the platform. A virtual one that reads is woken by another thread, the poller, and
 that doubles the time of a look-up that is alone (medians of 50 and 23 us over loopback, two
 busy cores, JDK 25, 10,000 look-ups each).

 Requests are encoded into one buffer and queued, under the lock, so that both have the same order.
 Bytes leave in one of two ways:
   - of a small request that is alone in flight, by its caller: the way is empty, so that does not
     block, and no other thread has to wake up;
   - else by the writer thread, which takes all at once: the busier, the larger the batches.
 At most one thread writes at a time ([#writing]). The reader thread connects, then takes replies
 and completes futures in order.

 One timer task at a time looks at deadlines: it is due at the earliest one ([#sweepAtNs]).
*/
final class PipelinedConnection {
  /// Fewer bytes than any system keeps for a connection.
  private static final int DIRECT_BYTES_MAX = 32 << 10;

  private static final int KEPT_BYTES_MAX = 1 << 20;
  private static final int LOGIN_BYTES_MAX = 4_096;
  private static final int READ_BYTES = 64 << 10;

  /// How long after the deadline of the oldest request the connection counts as dead.
  private static final long SILENCE_NS = 10_000_000_000L;

  private final ClientConfig config;
  private final Environment environment;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition work = lock.newCondition();
  private final InFlight inFlight;
  private RespBuffer filling = new RespBuffer();
  private RespBuffer leaving = new RespBuffer();
  private long sweepAtNs = Long.MAX_VALUE;
  private boolean writing;

  /// What was connected, though nobody may be served on it yet.
  private @Nullable Connection opening;

  private @Nullable Connection connection;
  private @Nullable ClientException end;
  private final Thread reader;

  /// The connection was never made.
  private static final class UnreachableException extends Exception {
    @Serial private static final long serialVersionUID = 1;

    UnreachableException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private PipelinedConnection(ClientConfig config, Environment environment) {
    this.config = config;
    this.environment = environment;
    this.inFlight = new InFlight(config.inFlightMax());
    this.reader =
        Thread.ofPlatform()
            .daemon()
            .name("incipit-reader " + config.endpoint())
            .unstarted(this::read);
  }

  /// Begins to connect, and takes requests from now on.
  static PipelinedConnection open(ClientConfig config, Environment environment) {
    var opened = new PipelinedConnection(config, environment);
    opened.reader.start();
    Thread.ofPlatform().daemon().name("incipit-writer " + config.endpoint()).start(opened::write);
    return opened;
  }

  /// Takes a request, or waits for room until its deadline.
  ///
  /// @return false if this connection is at its end; the request is then untouched
  boolean send(PendingRequest<?> request) {
    Optional<Connection> direct = Optional.empty();
    lock.lock();
    try {
      if (!awaitRoom(request)) {
        return true;
      }
      if (end != null) {
        return false;
      }
      int before = filling.size();
      request.exchange().encode(filling);
      int bytes = filling.size() - before;
      int most = request.exchange().requestBytesMax();
      if (bytes > most) {
        filling.truncate(before);
        throw new IllegalArgumentException(
            "request: %d bytes (expected: at most %d)".formatted(bytes, most));
      }
      inFlight.add(request, bytes);
      sweepBy(request.deadlineNs());
      if (connection != null && !writing && inFlight.count() == 1 && bytes <= DIRECT_BYTES_MAX) {
        direct = Optional.of(connection);
        takeBuffer();
      } else {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
    direct.ifPresent(this::writeTaken);
    return true;
  }

  /// Waits until there is room, or this connection is at its end.
  ///
  /// @return false if the request has failed meanwhile
  private boolean awaitRoom(PendingRequest<?> request) {
    // What follows a reply on the reader's own thread would wait for itself.
    while (end == null && inFlight.isFull() && Thread.currentThread() != reader) {
      long left = request.deadlineNs() - environment.clock().nanoTime();
      if (left <= 0) {
        request.fail(overdue(request));
        return false;
      }
      sweepBy(request.deadlineNs());
      try {
        room.awaitNanos(left);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        request.fail(new ClientException.DeadlineExceeded("interrupted while waiting for room"));
        return false;
      }
    }
    return true;
  }

  /// Makes the buffer the current thread's to write.
  private void takeBuffer() {
    var taken = filling;
    filling = leaving;
    leaving = taken;
    filling.clear();
    filling.shrink(KEPT_BYTES_MAX);
    writing = true;
  }

  private void writeTaken(Connection to) {
    try {
      to.write(leaving.array(), 0, leaving.size());
    } catch (IOException failure) {
      close(lost("was lost", failure));
    }
    lock.lock();
    try {
      writing = false;
      if (filling.size() > 0) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// The life of the writer thread.
  private void write() {
    while (true) {
      Connection to;
      lock.lock();
      try {
        while (end == null && (connection == null || writing || filling.size() == 0)) {
          work.awaitUninterruptibly();
        }
        if (end != null || connection == null) {
          return;
        }
        to = connection;
        takeBuffer();
      } finally {
        lock.unlock();
      }
      writeTaken(to);
    }
  }

  /// The life of the reader thread.
  private void read() {
    try (var opened = connect()) {
      if (begin(opened) && login(opened)) {
        readReplies(opened);
        close(lost("was closed by the server", null));
      }
    } catch (UnreachableException failure) {
      close(
          new ClientException.ConnectionLost(
              "cannot connect to %s: %s".formatted(config.endpoint(), failure.getMessage()),
              failure.getCause()));
    } catch (MalformedException garbage) {
      close(lost("was given up, " + garbage.detail(), garbage));
    } catch (IOException failure) {
      close(lost("was lost", failure));
    } catch (RuntimeException | Error failure) {
      close(lost("was given up", failure));
      throw failure;
    }
  }

  private Connection connect() throws UnreachableException {
    try {
      return environment
          .network()
          .connect(config.host(), config.port(), config.connectTimeout().toNanos());
    } catch (IOException failure) {
      throw new UnreachableException(failure);
    }
  }

  private boolean begin(Connection opened) {
    lock.lock();
    try {
      opening = opened;
      return end == null;
    } finally {
      lock.unlock();
    }
  }

  /// Says who the client is, if it is to, and lets requests leave once that is accepted.
  ///
  /// @return whether they may
  private boolean login(Connection opened) throws IOException, MalformedException {
    if (config.credentials().isPresent()) {
      var known = config.credentials().get();
      var auth = new RespBuffer();
      auth.array(known.user().isEmpty() ? 2 : 3).bulk("AUTH");
      if (!known.user().isEmpty()) {
        auth.bulk(known.user());
      }
      auth.bulk(known.token());
      opened.write(auth.array(), 0, auth.size());
      if (readLine(opened) instanceof RespValue.Failure(var text)) {
        close(
            new ClientException.ConnectionLost(
                "connection to %s was refused: %s".formatted(config.endpoint(), text), null));
        return false;
      }
    }
    lock.lock();
    try {
      connection = opened;
      work.signal();
      return end == null;
    } finally {
      lock.unlock();
    }
  }

  /// The reply to the only request that was sent so far.
  private RespValue readLine(Connection from) throws IOException, MalformedException {
    var parser = new ReplyParser(LOGIN_BYTES_MAX, () -> LOGIN_BYTES_MAX);
    var bytes = new byte[LOGIN_BYTES_MAX];
    var found = new AtomicReference<RespValue>();
    int end = 0;
    while (end < bytes.length) {
      int read = from.read(bytes, end, bytes.length - end);
      if (read < 0) {
        throw new IOException("closed by the server");
      }
      end += read;
      parser.parse(bytes, 0, end, found::set);
      var value = found.get();
      if (value != null) {
        return value;
      }
    }
    throw new MalformedException(
        "AUTH: a reply of %d bytes (expected: fewer)".formatted(bytes.length));
  }

  private void readReplies(Connection from) throws IOException, MalformedException {
    var parser = new ReplyParser(Exchange.REPLY_BYTES_MAX, this::replyBytesMax);
    var bytes = new byte[READ_BYTES];
    int start = 0;
    int end = 0;
    while (true) {
      int read = from.read(bytes, end, bytes.length - end);
      if (read < 0) {
        return;
      }
      end += read;
      start = parser.parse(bytes, start, end, value -> answer(value, from.isLocal()));
      System.arraycopy(bytes, start, bytes, 0, end - start);
      end -= start;
      start = 0;
      if (end == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * bytes.length);
      } else if (end == 0 && bytes.length > KEPT_BYTES_MAX) {
        bytes = new byte[READ_BYTES];
      }
    }
  }

  private void answer(RespValue value, boolean local) throws MalformedException {
    var request = next();
    if (request.isEmpty()) {
      throw new MalformedException("%s (expected: nothing, no request waits)".formatted(value));
    }
    if (request.get().isOver()) {
      return;
    }
    try {
      request.get().complete(value, local);
    } catch (MalformedException | RuntimeException garbage) {
      var reason = String.valueOf(garbage.getMessage());
      request.get().fail(lost("was given up, " + reason, garbage));
      throw new MalformedException(reason);
    }
  }

  /// Most bytes of the reply that comes next.
  private int replyBytesMax() {
    lock.lock();
    try {
      return inFlight.nextReplyBytesMax();
    } finally {
      lock.unlock();
    }
  }

  private Optional<PendingRequest<?>> next() {
    lock.lock();
    try {
      room.signal();
      return inFlight.poll();
    } finally {
      lock.unlock();
    }
  }

  /// Sees to it that deadlines are looked at when this one is over. With the lock.
  private void sweepBy(long deadlineNs) {
    if (deadlineNs < sweepAtNs) {
      sweepAtNs = deadlineNs;
      long delayNs = Math.max(0, deadlineNs - environment.clock().nanoTime());
      environment.timer().after(delayNs, () -> sweep(deadlineNs));
    }
  }

  /// Fails the requests whose deadline is over, unless an earlier sweep has been asked for since.
  private void sweep(long atNs) {
    List<PendingRequest<?>> overdue;
    boolean silent;
    lock.lock();
    try {
      if (end != null || atNs != sweepAtNs) {
        return;
      }
      long now = environment.clock().nanoTime();
      overdue = inFlight.overdue(now);
      long silentAtNs = saturatedSum(inFlight.oldestDeadlineNs(), SILENCE_NS);
      silent = silentAtNs <= now;
      sweepAtNs = Long.MAX_VALUE;
      if (!silent) {
        sweepBy(Math.min(silentAtNs, inFlight.nextDeadlineNs(now)));
      }
      room.signalAll();
    } finally {
      lock.unlock();
    }
    overdue.forEach(request -> request.fail(overdue(request)));
    if (silent) {
      close(lost("was given up, no reply came", null));
    }
  }

  private static long saturatedSum(long time, long duration) {
    return time > Long.MAX_VALUE - duration ? Long.MAX_VALUE : time + duration;
  }

  private ClientException overdue(PendingRequest<?> request) {
    return new ClientException.DeadlineExceeded(
        "%s: no reply from %s in time".formatted(request.exchange().name(), config.endpoint()));
  }

  private ClientException lost(String how, @Nullable Throwable cause) {
    var reason = cause instanceof IOException ? ": " + cause.getMessage() : "";
    return new ClientException.ConnectionLost(
        "connection to %s %s%s".formatted(config.endpoint(), how, reason), cause);
  }

  boolean isOpen() {
    lock.lock();
    try {
      return end == null;
    } finally {
      lock.unlock();
    }
  }

  /// Ends the connection and fails all requests on it. Does not wait; idempotent.
  void close(ClientException why) {
    List<PendingRequest<?>> unanswered;
    Optional<Connection> open;
    lock.lock();
    try {
      if (end != null) {
        return;
      }
      end = why;
      unanswered = inFlight.drain();
      open = Optional.ofNullable(opening);
      work.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
    open.ifPresent(Connection::close);
    unanswered.forEach(request -> request.fail(why));
  }
}
