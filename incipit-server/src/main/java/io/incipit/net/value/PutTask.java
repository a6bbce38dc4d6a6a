// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.net.task.ChangeTask;
import io.incipit.net.task.Progress;
import io.incipit.net.value.BlockCommands.Target;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Patience;
import io.incipit.store.Store;
import io.incipit.store.memory.Reservation;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Adds a part to a put: one that came with the request, or one that was uploaded before.
final class PutTask extends ChangeTask {
  /// What came of it.
  private enum Verdict {
    /// The part is staged.
    OK,
    /// The block is there already.
    HAVE,
    /// The policy would give the block up at once.
    DECLINED,
    REFUSED
  }

  /// A large part that comes in, if its block is wanted.
  static final class PartUpload extends Upload {
    private final Store store;
    private final Target target;
    private Verdict verdict = Verdict.OK;

    PartUpload(Store store, Target target, int length, Runnable wake) {
      super(store, target.block().key().bytes(target.part()), length, wake);
      this.store = store;
      this.target = target;
    }

    @Override
    boolean isWanted() {
      verdict = isWanted(store, target, length());
      return verdict == Verdict.OK;
    }

    @Override
    boolean isGivenUp() {
      verdict = isWanted(store, target, length());
      return verdict == Verdict.DECLINED;
    }

    private static Verdict isWanted(Store store, Target target, int length) {
      var block = target.block();
      if (store.blocks().find(block.space(), block.high(), block.low()).isPresent()) {
        return Verdict.HAVE;
      }
      if (!store.blocks().hasRoom(block.space(), length)) {
        return Verdict.REFUSED;
      }
      return store.blocks().admits(block) ? Verdict.OK : Verdict.DECLINED;
    }
  }

  private final Target target;
  private final @Nullable Upload upload;
  private final byte[] key;
  private ByteBuffer value;
  private Verdict verdict = Verdict.REFUSED;
  private String refusal = "";

  private PutTask(
      Store store, Target target, ByteBuffer value, @Nullable Upload upload, Runnable wake) {
    super(store, wake);
    this.target = target;
    this.key = target.block().key().bytes(target.part());
    this.value = value;
    this.upload = upload;
  }

  /// @param request of which the last word is the part, unless it was uploaded
  static PutTask of(
      Store store, Target target, Request request, @Nullable Upload upload, Runnable wake) {
    var value =
        upload == null
            ? ByteBuffer.wrap(request.bytes(), request.offset(6), request.length(6))
            : ByteBuffer.allocate(0);
    return new PutTask(store, target, value, upload, wake);
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
    if (upload != null && !Arrays.equals(upload.key(), key)) {
      refusal = "CONTRACT another one than when the part began to come; send it again";
      return true;
    }
    verdict =
        upload instanceof PartUpload part
            ? part.verdict
            : PartUpload.isWanted(store, target, value.remaining());
    switch (verdict) {
      case HAVE -> {
        refusal = store.blocks().have(target.put(), target.block().id());
        store.blocks().wanted(target.block(), target.part());
      }
      case DECLINED -> decline();
      case REFUSED -> refusal = store.blocks().noRoom();
      case OK -> {
        return stage(patience);
      }
    }
    verdict = refusal.isEmpty() ? verdict : Verdict.REFUSED;
    return true;
  }

  /// @return false if room would have to be made for it, and must not
  private boolean stage(Patience patience) {
    var place = upload == null ? write(patience) : upload.reservation();
    if (place.isEmpty()) {
      if (PartUpload.isWanted(store, target, value.remaining()) == Verdict.DECLINED) {
        // The policy gave it up itself to make room for it.
        decline();
        return true;
      }
      verdict = Verdict.REFUSED;
      refusal = store.noRoom(key, value.remaining());
      return upload != null || !store.isRoomComing(patience);
    }
    refusal = store.blocks().stage(target.put(), target.block(), target.part(), place.get());
    if (!refusal.isEmpty()) {
      verdict = Verdict.REFUSED;
      store.abort(place.get());
    }
    if (upload != null) {
      upload.release();
    }
    return true;
  }

  private void decline() {
    refusal = store.blocks().decline(target.put(), target.block().id());
    verdict = refusal.isEmpty() ? Verdict.DECLINED : Verdict.REFUSED;
  }

  private Optional<Reservation> write(Patience patience) {
    var place = store.reserve(key, value.remaining(), patience);
    place.ifPresent(some -> SetTask.write(some, value));
    return place;
  }

  @Override
  protected Progress answer(RespBuffer out) {
    if (verdict == Verdict.REFUSED) {
      out.error(refusal);
    } else {
      out.simple(verdict.name());
    }
    return Progress.DONE;
  }

  @Override
  public void close() {
    super.close();
    if (upload != null && isReady()) {
      // Of a part that was not taken; one that is being staged is the change's.
      upload.close();
    }
  }
}
