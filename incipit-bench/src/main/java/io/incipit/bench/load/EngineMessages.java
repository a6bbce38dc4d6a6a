// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.env.RandomSource;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Payloads as vLLM publishes them, MessagePack arrays with 64-bit hashes: prompts of [#BLOCKS]
/// blocks are stored, and dropped from the tail to the head once [#HELD] younger ones are there; in
/// the end all are.
final class EngineMessages {
  static final int BLOCK_TOKENS = 16;

  private static final int BLOCKS = 64;
  private static final int HELD = 512;
  private static final int VOCABULARY = 128_000;

  private final int batch;
  private final int prompts;
  private final int[] tokens;
  private final long[] hashes;
  private final List<byte[]> payloads = new ArrayList<>();

  /// @param batch blocks a message; a divisor of [#BLOCKS]
  /// @param prompts how many
  EngineMessages(int batch, int prompts, long seed) throws IOException {
    this.batch = batch;
    this.prompts = prompts;
    var random = RandomSource.seeded(seed);
    this.tokens = random.ints((long) prompts * BLOCKS * BLOCK_TOKENS, 0, VOCABULARY).toArray();
    this.hashes = random.longs((long) prompts * BLOCKS).toArray();
    for (int i = 0; i < prompts + HELD; i++) {
      if (i < prompts) {
        store(i);
      }
      if (i >= HELD) {
        drop(i - HELD);
      }
    }
  }

  private void store(int prompt) throws IOException {
    for (int i = prompt * BLOCKS; i < (prompt + 1) * BLOCKS; i += batch) {
      payloads.add(stored(hashes, tokens, i, i == prompt * BLOCKS, batch));
    }
  }

  /// A message of one event, some blocks of a chain.
  ///
  /// @param from the first of them
  /// @param first whether no block is before
  static byte[] stored(long[] hashes, int[] tokens, int from, boolean first, int count)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    begin(out, 1);
    array(out, 7);
    text(out, "BlockStored");
    array(out, count);
    for (int i = from; i < from + count; i++) {
      number(out, hashes[i]);
    }
    if (first) {
      out.writeByte(0xc0);
    } else {
      number(out, hashes[from - 1]);
    }
    array(out, count * BLOCK_TOKENS);
    for (int i = from * BLOCK_TOKENS; i < (from + count) * BLOCK_TOKENS; i++) {
      token(out, tokens[i]);
    }
    out.writeByte(BLOCK_TOKENS);
    out.writeByte(0xc0);
    text(out, "GPU");
    out.writeByte(0);
    return bytes.toByteArray();
  }

  private void drop(int prompt) throws IOException {
    for (int end = (prompt + 1) * BLOCKS; end > prompt * BLOCKS; end -= batch) {
      var bytes = new ByteArrayOutputStream();
      var out = new DataOutputStream(bytes);
      begin(out, batch);
      for (int i = end - 1; i >= end - batch; i--) {
        array(out, 3);
        text(out, "BlockRemoved");
        array(out, 1);
        number(out, hashes[i]);
        text(out, "GPU");
      }
      out.writeByte(0);
      payloads.add(bytes.toByteArray());
    }
  }

  /// A message in which nothing happens.
  static byte[] nothing() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    begin(out, 0);
    out.writeByte(0);
    return bytes.toByteArray();
  }

  /// A message in which all blocks go.
  static byte[] cleared() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    begin(out, 1);
    array(out, 1);
    text(out, "AllBlocksCleared");
    out.writeByte(0);
    return bytes.toByteArray();
  }

  private static void begin(DataOutputStream out, int events) throws IOException {
    array(out, 3);
    out.writeByte(0xcb);
    out.writeDouble(1.5);
    array(out, events);
  }

  private static void array(DataOutputStream out, int length) throws IOException {
    if (length < 16) {
      out.writeByte(0x90 | length);
    } else {
      out.writeByte(0xdc);
      out.writeShort(length);
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    out.writeByte(0xa0 | text.length());
    out.writeBytes(text);
  }

  private static void number(DataOutputStream out, long number) throws IOException {
    out.writeByte(0xcf);
    out.writeLong(number);
  }

  private static void token(DataOutputStream out, int token) throws IOException {
    if (token < 128) {
      out.writeByte(token);
    } else if (token < 1 << 16) {
      out.writeByte(0xcd);
      out.writeShort(token);
    } else {
      out.writeByte(0xce);
      out.writeInt(token);
    }
  }

  /// All messages in their order. After the last nothing is held.
  List<byte[]> payloads() {
    return payloads;
  }

  /// Blocks that are stored and dropped.
  int pairs() {
    return prompts * BLOCKS;
  }

  /// Tokens of all prompts, one after the other.
  int[] tokens() {
    return tokens;
  }

  /// Whether a block is the first of its prompt.
  static boolean isFirst(int block) {
    return block % BLOCKS == 0;
  }
}
