// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.net.task.ChangeTask;
import io.incipit.net.task.Progress;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Patience;
import io.incipit.store.Store;
import io.incipit.store.memory.Reservation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Lets some keys have values, all of them or none.
final class MultiSetTask extends ChangeTask {
  private final List<byte[]> keys;
  private final List<ByteBuffer> values = new ArrayList<>();
  private final Store.Visitor visitor;
  private String refusal = "";

  MultiSetTask(Store store, Store.Visitor visitor, Runnable wake, Request request) {
    super(store, wake);
    this.visitor = visitor;
    this.keys = Keys.of(request, 1, 2);
    for (int i = 2; i < request.count(); i += 2) {
      values.add(ByteBuffer.wrap(request.bytes(), request.offset(i), request.length(i)));
    }
  }

  @Override
  protected void own() {
    values.replaceAll(ChangeTask::copy);
  }

  @Override
  protected boolean change(Patience patience) {
    var places = new ArrayList<Reservation>();
    try {
      for (int i = 0; i < keys.size(); i++) {
        var place = store.reserve(keys.get(i), values.get(i).remaining(), patience);
        if (place.isEmpty()) {
          refusal =
              store.noRoom(keys.get(i), values.stream().mapToLong(ByteBuffer::remaining).sum());
          return !store.isRoomComing(patience);
        }
        places.add(place.get());
        SetTask.write(place.get(), values.get(i));
      }
      for (int i = 0; i < keys.size(); i++) {
        store.commit(visitor, keys.get(i), places.get(i), Store.NEVER);
      }
      refusal = "";
    } finally {
      // Of those that are committed nothing is left to give up.
      places.forEach(store::abort);
    }
    return true;
  }

  @Override
  protected Progress answer(RespBuffer out) {
    if (refusal.isEmpty()) {
      out.simple("OK");
    } else {
      out.error(refusal);
    }
    return Progress.DONE;
  }
}
