// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.event;

import io.incipit.ingest.event.MessagePack.Kind;

/// What vLLM's hashes cover beside tokens: a list or nil for each block, with the name of a LoRA
/// adapter in every list, a salt in that of a prompt's first block, and what stands for images in
/// those of their blocks. Nothing tells these apart but what and where they are.
final class ExtraKeys {
  private static final int TEXT_BYTES_MAX = 1_024;

  private ExtraKeys() {}

  /// Reads them into an event that has all else.
  static void read(MessagePack in, EngineEvent event) throws BadEventException {
    if (in.nil()) {
      return;
    }
    event.saltTold = true;
    int blocks = in.array();
    for (int i = 0; i < blocks; i++) {
      if (!in.nil()) {
        readBlock(in, i, event);
      }
    }
  }

  private static void readBlock(MessagePack in, int block, EngineEvent event)
      throws BadEventException {
    int count = in.array();
    boolean first = block == 0 && !event.child;
    for (int i = 0; i < count; i++) {
      if (in.kind() != Kind.TEXT) {
        in.skip();
        event.oddBlock = Math.min(event.oddBlock, block);
        continue;
      }
      var text = in.string(TEXT_BYTES_MAX);
      if (text.equals(event.lora)) {
        continue;
      }
      if (first && event.salt.isEmpty()) {
        event.salt = text;
      } else {
        event.oddBlock = Math.min(event.oddBlock, block);
      }
    }
  }
}
