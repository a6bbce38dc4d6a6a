// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.net.task.ChangeTask;
import io.incipit.net.task.Progress;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Patience;
import io.incipit.store.Store;
import io.incipit.store.memory.Pin;
import io.incipit.store.memory.Reservation;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Lets a key have a value: one that came with the request, or one that was uploaded before.
final class SetTask extends ChangeTask {
  /// Whether the key must have had a value, or must not.
  enum Condition {
    NONE,
    ABSENT,
    PRESENT
  }

  /// @param expiryNs when the value is gone, [Store#NEVER], or [Store#KEEP]
  /// @param get whether the reply is the value before
  /// @param counts whether the reply is 1 or 0
  record Rule(Condition condition, long expiryNs, boolean get, boolean counts) {}

  /// What came of it.
  private enum Verdict {
    SET,
    NOT_SET,
    REFUSED
  }

  private final byte[] key;
  private final Rule rule;
  private final @Nullable Upload upload;
  private ByteBuffer value;
  private Verdict verdict = Verdict.REFUSED;
  private String refusal = "";

  /// The value before, until it is handed on or nobody wants it any more.
  private final AtomicReference<@Nullable Pin> before = new AtomicReference<>();

  private volatile boolean closed;
  private @Nullable Download old;
  private final ValueOutput output;
  private final Store.Visitor visitor;

  /// @param value its bytes; of none if there is an upload
  SetTask(
      Store store,
      Store.Visitor visitor,
      ValueOutput output,
      Runnable wake,
      byte[] key,
      ByteBuffer value,
      @Nullable Upload upload,
      Rule rule) {
    super(store, wake);
    this.visitor = visitor;
    this.output = output;
    this.key = key;
    this.value = value;
    this.upload = upload;
    this.rule = rule;
    if (rule.get()) {
      bring(visitor, key);
    }
  }

  @Override
  protected void own() {
    value = copy(value);
  }

  @Override
  protected boolean change(Patience patience) {
    if (upload != null && !upload.refusal().isEmpty()) {
      refusal = upload.refusal();
      return true;
    }
    var found = rule.get() ? store.look(key) : Optional.<Pin>empty();
    boolean present = found.isPresent() || store.find(key).isPresent();
    if (rule.get() && present && found.isEmpty()) {
      refusal = "BUSY the value before is on disk, and memory has no room for it";
      return true;
    }
    if (rule.condition() != Condition.NONE && present != (rule.condition() == Condition.PRESENT)) {
      verdict = Verdict.NOT_SET;
    } else if (!set(patience)) {
      found.ifPresent(Pin::close);
      return false;
    }
    before.set(found.orElse(null));
    if (closed) {
      closeBefore();
    }
    return true;
  }

  /// @return false if room would have to be made for it, and must not
  private boolean set(Patience patience) {
    var place = upload == null ? write(patience) : upload.reservation();
    if (place.isEmpty() && upload == null && store.isRoomComing(patience)) {
      return false;
    }
    if (place.isEmpty()) {
      refusal = store.noRoom(key, value.remaining());
    } else if (store.commit(visitor, key, place.get(), rule.expiryNs())) {
      verdict = Verdict.SET;
      if (upload != null) {
        upload.release();
      }
    } else {
      refusal = "BUSY value: not complete within store.put-timeout; nothing was changed";
    }
    return true;
  }

  private Optional<Reservation> write(Patience patience) {
    var place = store.reserve(key, value.remaining(), patience);
    place.ifPresent(some -> write(some, value));
    return place;
  }

  /// Writes a whole value.
  static void write(Reservation place, ByteBuffer value) {
    if (value.hasRemaining()) {
      try (var part = place.part(0, value.remaining())) {
        part.write(value.duplicate());
      }
    }
  }

  @Override
  protected Progress answer(RespBuffer out) {
    if (verdict == Verdict.REFUSED) {
      out.error(refusal);
    } else if (rule.get()) {
      return answerOld(out);
    } else if (rule.counts()) {
      out.integer(verdict == Verdict.SET ? 1 : 0);
    } else if (verdict == Verdict.SET) {
      out.simple("OK");
    } else {
      out.nothing();
    }
    return Progress.DONE;
  }

  private Progress answerOld(RespBuffer out) {
    if (old == null) {
      old = new Download(store, visitor, output, wake(), Series.PLAIN);
      old.add(Optional.ofNullable(before.getAndSet(null)));
    }
    return old.step(out);
  }

  @Override
  public void close() {
    super.close();
    closed = true;
    closeBefore();
    if (old != null) {
      old.close();
    }
    if (upload != null && isReady()) {
      // Of a value that was not taken; one that is being committed is the change's.
      upload.close();
    }
  }

  private void closeBefore() {
    var pin = before.getAndSet(null);
    if (pin != null) {
      pin.close();
    }
  }
}
