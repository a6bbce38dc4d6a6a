// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Numbers in arrays of bytes, little-endian, at any position.
public final class Bytes {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  /// The 8 bytes at a position.
  public static long longAt(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  /// Sets the 8 bytes at a position.
  public static void setLong(byte[] bytes, int at, long value) {
    LONGS.set(bytes, at, value);
  }

  /// The 4 bytes at a position.
  public static int intAt(byte[] bytes, int at) {
    return (int) INTS.get(bytes, at);
  }

  /// Sets the 4 bytes at a position.
  public static void setInt(byte[] bytes, int at, int value) {
    INTS.set(bytes, at, value);
  }

  /// The 2 bytes at a position, from 0 to 65,535.
  public static int shortAt(byte[] bytes, int at) {
    return (short) SHORTS.get(bytes, at) & 0xFFFF;
  }

  /// Sets the 2 bytes at a position.
  public static void setShort(byte[] bytes, int at, int value) {
    SHORTS.set(bytes, at, (short) value);
  }
}
