// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.store.disk.DiskSource;
import io.incipit.store.memory.Pin;
import java.nio.ByteBuffer;

/// A value of the tier `HOST` on its way to disk, pinned until its bytes are written.
record PinSource(Pin pin) implements DiskSource {
  @Override
  public int length() {
    return pin.length();
  }

  @Override
  public int checksum(int piece) {
    return pin.checksum(piece);
  }

  @Override
  public ByteBuffer bytes(int from, int to) {
    return pin.bytes(from, to);
  }

  @Override
  public void close() {
    pin.close();
  }
}
