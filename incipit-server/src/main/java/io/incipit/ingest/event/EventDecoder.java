// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.event;

import io.incipit.ingest.event.MessagePack.Kind;

/// Decodes the payload of an engine's message. For one thread.
///
/// Six shapes are in use, and engines mix and change them, so each event is taken for what it looks
/// like: an array whose first element is a tag, a map that has one, or binary data with one of
/// these in it; in a batch that is an array or a map. Tags, keys and elements that nobody knows are
/// passed over. Sources: vLLM 0.23 to 0.33 and SGLang 0.5 (`kv_events.py`), TensorRT-LLM,
/// Mooncake's master and llm-d's file system connector, as observed in 2026.
public final class EventDecoder {
  private static final int NAME_BYTES_MAX = 1_024;
  private static final double MILLIS_FROM = 1e11;
  private static final double MILLIS_PER_SECOND = 1e3;

  private final MessagePack outer = new MessagePack();
  private final MessagePack inner = new MessagePack();

  /// Fills a batch from the bytes in `[from, to)`.
  ///
  /// @throws BadEventException if they are no batch; then it has nothing of use in it
  public void decode(byte[] bytes, int from, int to, EventBatch batch) throws BadEventException {
    batch.clear();
    outer.reset(bytes, from, to);
    if (outer.kind() == Kind.MAP) {
      readMapBatch(batch);
    } else {
      readArrayBatch(batch);
    }
    if (!outer.atEnd()) {
      throw new BadEventException(
          "byte %d of %d: more (expected: the end)".formatted(outer.position(), to));
    }
  }

  private void readArrayBatch(EventBatch batch) throws BadEventException {
    int count = outer.array();
    if (count < 2) {
      throw new BadEventException("batch: %d elements (expected: 2 or more)".formatted(count));
    }
    batch.timeSeconds = time();
    readEvents(batch);
    if (count > 2) {
      batch.rank = rank();
    }
    for (int i = 3; i < count; i++) {
      outer.skip();
    }
  }

  private void readMapBatch(EventBatch batch) throws BadEventException {
    int pairs = outer.map();
    boolean found = false;
    for (int i = 0; i < pairs; i++) {
      switch (outer.string(NAME_BYTES_MAX)) {
        case "ts" -> batch.timeSeconds = time();
        case "data_parallel_rank", "attn_dp_rank", "dp_rank" -> batch.rank = rank();
        case "events" -> {
          readEvents(batch);
          found = true;
        }
        default -> outer.skip();
      }
    }
    if (!found) {
      throw new BadEventException("batch: a map without events (expected: ts and events)");
    }
  }

  private double time() throws BadEventException {
    if (outer.nil()) {
      return 0;
    }
    double time = outer.real();
    return time >= MILLIS_FROM ? time / MILLIS_PER_SECOND : time;
  }

  private int rank() throws BadEventException {
    if (outer.nil()) {
      return -1;
    }
    long rank = outer.integer();
    if (rank < 0 || rank > Integer.MAX_VALUE) {
      throw new BadEventException("rank: %d (expected: 0 to 2^31-1)".formatted(rank));
    }
    return (int) rank;
  }

  private void readEvents(EventBatch batch) throws BadEventException {
    int count = outer.array();
    for (int i = 0; i < count; i++) {
      var event = batch.add();
      if (outer.kind() == Kind.BINARY) {
        int length = outer.binary();
        inner.reset(outer.source(), outer.rawFrom(), outer.rawFrom() + length);
        read(inner, event);
      } else {
        read(outer, event);
      }
      batch.unknown += event.kind == EngineEvent.Kind.UNKNOWN ? 1 : 0;
    }
  }

  private void read(MessagePack in, EngineEvent event) throws BadEventException {
    if (in.kind() == Kind.MAP) {
      readMap(in, event);
    } else {
      readArray(in, event);
    }
  }

  private void readArray(MessagePack in, EngineEvent event) throws BadEventException {
    int count = in.array();
    if (count == 0) {
      return;
    }
    event.kind = EventNames.tag(in, in.text());
    for (int i = 1; i < count; i++) {
      switch (event.kind) {
        case STORED -> readStored(in, i, event);
        case REMOVED -> readRemoved(in, i, event);
        case CLEARED, UNKNOWN -> in.skip();
      }
    }
  }

  private void readStored(MessagePack in, int i, EngineEvent event) throws BadEventException {
    switch (i) {
      case 1 -> readHashes(in, event);
      case 2 -> readParent(in, event);
      case 3 -> readTokens(in, event);
      case 4 -> event.blockTokens = count(in);
      case 6 -> event.tier = Media.tier(name(in));
      case 7 -> {
        if (in.kind() == Kind.MAP) {
          readMetadata(in, event);
        } else {
          event.lora = name(in);
        }
      }
      case 8 -> ExtraKeys.read(in, event);
      case 9 -> event.group = in.nil() ? -1 : count(in);
      case 10 -> event.prefix = EventNames.isPrefix(name(in));
      default -> in.skip();
    }
  }

  private void readRemoved(MessagePack in, int i, EngineEvent event) throws BadEventException {
    switch (i) {
      case 1 -> readHashes(in, event);
      case 2 -> event.tier = Media.tier(name(in));
      case 3 -> event.group = in.nil() ? -1 : count(in);
      default -> in.skip();
    }
  }

  /// What SGLang has where vLLM has a LoRA adapter's name.
  private void readMetadata(MessagePack in, EngineEvent event) throws BadEventException {
    int pairs = in.map();
    event.saltTold = true;
    for (int i = 0; i < pairs; i++) {
      if (in.string(NAME_BYTES_MAX).equals("cache_salt")) {
        event.salt = name(in);
      } else {
        in.skip();
      }
    }
  }

  private void readMap(MessagePack in, EngineEvent event) throws BadEventException {
    int pairs = in.map();
    int extraKeys = -1;
    for (int i = 0; i < pairs; i++) {
      switch (EventNames.key(in, in.text())) {
        case TYPE -> event.kind = EventNames.tag(in, in.text());
        case BLOCK_HASHES, SEQ_HASHES -> readHashes(in, event);
        case PARENT_BLOCK_HASH -> readParent(in, event);
        case TOKEN_IDS -> readTokens(in, event);
        case BLOCK_SIZE -> event.blockTokens = count(in);
        case MEDIUM -> event.tier = Media.tier(name(in));
        case LORA_NAME -> event.lora = name(in);
        case EXTRA_KEYS -> {
          extraKeys = in.position();
          in.skip();
        }
        case CACHE_SALT -> {
          event.salt = name(in);
          event.saltTold = true;
        }
        case GROUP_IDX -> event.group = in.nil() ? -1 : count(in);
        case SPEC_KIND -> event.prefix = EventNames.isPrefix(name(in));
        case LOCALITY -> event.remote = EventNames.isRemote(name(in));
        case LOOKAHEAD -> readLookahead(in, event);
        case MM_KEYS -> readMultimodal(in, event);
        case OTHER -> in.skip();
      }
    }
    if (extraKeys >= 0) {
      int end = in.position();
      in.moveTo(extraKeys);
      ExtraKeys.read(in, event);
      in.moveTo(end);
    }
  }

  /// A list of hashes, or one; where an event has two such lists, the one with hashes counts.
  private static void readHashes(MessagePack in, EngineEvent event) throws BadEventException {
    if (in.nil()) {
      return;
    }
    int count = in.array();
    if (count == 0) {
      return;
    }
    var hashes = event.hashes(count);
    for (int i = 0; i < count; i++) {
      hashes[i] = hash(in);
    }
  }

  private static long hash(MessagePack in) throws BadEventException {
    if (in.kind() != Kind.BINARY) {
      return in.integer();
    }
    int length = in.binary();
    if (length < Long.BYTES) {
      throw new BadEventException("hash: %d bytes (expected: 8 or more)".formatted(length));
    }
    return in.lastEight(length);
  }

  /// No parent is nil, or 0 as some producers have it.
  private static void readParent(MessagePack in, EngineEvent event) throws BadEventException {
    if (in.nil()) {
      return;
    }
    event.parent = hash(in);
    event.child = event.parent != 0;
  }

  private static void readTokens(MessagePack in, EngineEvent event) throws BadEventException {
    if (in.nil()) {
      return;
    }
    int count = in.array();
    var tokens = event.tokens(count);
    int read = in.smallIntegers(tokens, count);
    for (int i = read; i < count; i++) {
      switch (in.kind()) {
        case INTEGER -> tokens[i] = (int) in.integer();
        case ARRAY -> tokens[i] = firstOfPair(in, event);
        default -> {
          event.oddToken = Math.min(event.oddToken, i);
          in.skip();
        }
      }
    }
  }

  /// With EAGLE, SGLang announces each token together with the next.
  private static int firstOfPair(MessagePack in, EngineEvent event) throws BadEventException {
    int count = in.array();
    if (count != 2) {
      throw new BadEventException("token: an array of %d (expected: a pair)".formatted(count));
    }
    event.pairs = true;
    int first = (int) in.integer();
    event.ahead((int) in.integer());
    return first;
  }

  /// A list for each block, of the tokens behind it that its hash covers.
  private static void readLookahead(MessagePack in, EngineEvent event) throws BadEventException {
    if (in.nil()) {
      return;
    }
    int blocks = in.array();
    for (int i = 0; i < blocks; i++) {
      int count = in.nil() ? 0 : in.array();
      event.lookahead = i == 0 || event.lookahead == count ? count : -1;
      for (int k = 0; k < count; k++) {
        event.ahead((int) in.integer());
      }
    }
  }

  /// A list for each block; one with something in it is of a block that is not its tokens alone.
  private static void readMultimodal(MessagePack in, EngineEvent event) throws BadEventException {
    if (in.nil()) {
      return;
    }
    int blocks = in.array();
    for (int i = 0; i < blocks; i++) {
      boolean plain = in.kind() == Kind.NIL || (in.kind() == Kind.ARRAY && in.isEmptyArray());
      if (!plain) {
        event.oddBlock = Math.min(event.oddBlock, i);
      }
      in.skip();
    }
  }

  /// A count from 0 on; nil, and -1 in any width, are 0.
  private static int count(MessagePack in) throws BadEventException {
    if (in.nil()) {
      return 0;
    }
    long count = in.integer();
    if (count < -1 || count > Integer.MAX_VALUE) {
      throw new BadEventException("count: %d (expected: 0 to 2^31-1)".formatted(count));
    }
    return (int) Math.max(0, count);
  }

  private static String name(MessagePack in) throws BadEventException {
    return in.nil() ? "" : in.string(NAME_BYTES_MAX);
  }
}
