// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.block.BlockChain;
import io.incipit.block.ContractField;
import io.incipit.block.Namespace;
import io.incipit.net.block.BlockWords;
import io.incipit.net.block.Refusal;
import io.incipit.net.task.Task;
import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Store;
import io.incipit.store.block.Block;
import io.incipit.store.block.BlockKey;
import io.incipit.store.block.Space;
import io.incipit.store.block.StagedPuts;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The commands on blocks: attaching to a namespace, and putting and reading parts of its blocks.
/// For one connection's event loop.
final class BlockCommands {
  /// Namespaces that one connection may be attached to.
  private static final int ATTACHED_MAX = 256;

  /// Where a connection may put and read blocks.
  record Attachment(Namespace namespace, Space space) {}

  /// The part that a `KVC.PUT` is about.
  record Target(StagedPuts.Name put, Block block, int part) {}

  private final Store store;
  private final Function<String, Optional<Namespace>> namespaces;
  private final Reads reads;
  private final Runnable wake;
  private final Map<String, Attachment> attached = new HashMap<>();

  BlockCommands(
      Store store, Function<String, Optional<Namespace>> namespaces, Reads reads, Runnable wake) {
    this.store = store;
    this.namespaces = namespaces;
    this.reads = reads;
    this.wake = wake;
  }

  /// Takes the value of a `KVC.PUT` that is not complete.
  ///
  /// @param request with the words before it
  Upload upload(Request request, int length) {
    Upload upload;
    try {
      upload = new PutTask.PartUpload(store, target(request), length, wake);
    } catch (Refusal refusal) {
      // Said again when the request is complete.
      upload = Upload.refused(store, length, refusal.text(), wake);
    }
    upload.begin();
    return upload;
  }

  /// Answers a request, or says who does.
  Optional<Task> task(Command command, Request request, @Nullable Upload upload, RespBuffer out) {
    try {
      return switch (command) {
        case ATTACH -> {
          attach(request, out);
          yield Optional.empty();
        }
        case PUT -> Optional.of(PutTask.of(store, target(request), request, upload, wake));
        case COMMIT -> Optional.of(CommitTask.commit(store, put(request), wake));
        case ABORT -> Optional.of(CommitTask.abort(store, put(request), wake));
        case READ -> Optional.of(read(request, Optional.empty(), out));
        case WHERE -> Optional.of(read(request, Optional.of(shared()), out));
        default ->
            throw new IllegalArgumentException(
                "command: %s (expected: one on blocks)".formatted(command.wireName()));
      };
    } catch (Refusal refusal) {
      out.error(refusal.text());
      return Optional.empty();
    }
  }

  private void attach(Request request, RespBuffer out) throws Refusal {
    var name = request.text(1);
    var namespace = namespaces.apply(name);
    if (namespace.isEmpty()) {
      attached.remove(name);
      throw new Refusal("NONAMESPACE %s (expected: one that exists)".formatted(shown(request, 1)));
    }
    if (!attached.containsKey(name) && attached.size() >= ATTACHED_MAX) {
      throw new Refusal(
          "LIMIT ns: %d attached by this connection (expected: at most %d)"
              .formatted(attached.size() + 1, ATTACHED_MAX));
    }
    var answer = store.blocks().attach(namespace.get(), fields(request));
    if (answer.space().isEmpty()) {
      throw new Refusal(answer.refusal());
    }
    if (!namespaces.apply(name).equals(namespace)) {
      // It was dropped just now.
      store.blocks().drop(name);
      throw new Refusal("NONAMESPACE %s (expected: one that exists)".formatted(name));
    }
    attached.put(name, new Attachment(namespace.get(), answer.space().get()));
    out.simple("OK");
  }

  private static Map<ContractField, String> fields(Request request) throws Refusal {
    if (request.count() % 2 != 0) {
      throw new Refusal(
          "SYNTAX %s: no text (expected: field text, in turn)"
              .formatted(shown(request, request.count() - 1)));
    }
    var fields = new EnumMap<ContractField, String>(ContractField.class);
    for (int i = 2; i < request.count(); i += 2) {
      ContractField field;
      try {
        field = ContractField.valueOf(request.text(i).toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException unknown) {
        throw new Refusal(
            "SYNTAX field: %s (expected: one of %s)"
                .formatted(shown(request, i), List.of(ContractField.values())));
      }
      if (request.length(i + 1) > Namespace.NAME_BYTES_MAX) {
        throw new Refusal(
            "LIMIT %s: %d bytes (expected: at most %d)"
                .formatted(field, request.length(i + 1), Namespace.NAME_BYTES_MAX));
      }
      if (fields.put(field, BlockWords.text(request, i + 1, field.name())) != null) {
        throw new Refusal("SYNTAX %s: twice (expected: once)".formatted(field));
      }
    }
    return fields;
  }

  private Attachment attachment(Request request, int word) throws Refusal {
    var name = request.text(word);
    var there = attached.get(name);
    // It may have been let in as somebody else.
    if (there != null && there.space().isOpen() && namespaces.apply(name).isPresent()) {
      return there;
    }
    attached.remove(name);
    BlockWords.namespace(request, word, namespaces);
    throw new Refusal(
        "CONTRACT %s: this connection is not attached (expected: KVC.ATTACH before that)"
            .formatted(shown(request, word)));
  }

  private StagedPuts.Name put(Request request) throws Refusal {
    return put(request, attachment(request, 1));
  }

  private static StagedPuts.Name put(Request request, Attachment where) throws Refusal {
    if (request.length(2) == 0 || request.length(2) > Namespace.NAME_BYTES_MAX) {
      throw new Refusal(
          "LIMIT put: %d bytes (expected: 1 to %d)"
              .formatted(request.length(2), Namespace.NAME_BYTES_MAX));
    }
    return new StagedPuts.Name(where.space(), BlockWords.text(request, 2, "put"));
  }

  private Target target(Request request) throws Refusal {
    var where = attachment(request, 1);
    var put = put(request, where);
    int width = where.namespace().hashBytes();
    boolean root = request.length(3) == 0;
    var parent = root ? BlockChain.empty(width) : BlockWords.hash(request, 3, "parent", width);
    var hash = BlockWords.hash(request, 4, "hash", width);
    var text = request.text(5);
    int slash = text.indexOf('/');
    int part = slash < 0 ? -1 : number(text.substring(0, slash));
    int parts = slash < 0 ? -1 : number(text.substring(slash + 1));
    if (part < 0 || parts <= part || parts > BlockKey.PARTS_MAX) {
      throw new Refusal(
          "SYNTAX part/parts: %s (expected: such as 0/1, with part below parts, at most %d)"
              .formatted(shown(request, 5), BlockKey.PARTS_MAX));
    }
    var block =
        new Block(
            where.space(),
            hash.high(0),
            hash.low(0),
            root,
            root ? 0 : parent.high(0),
            root ? 0 : parent.low(0),
            parts,
            0);
    if (!root && block.parentId() == block.id()) {
      throw new Refusal("SYNTAX parent: the block itself (expected: the block before it, or '')");
    }
    return new Target(put, block, part);
  }

  /// A number of at most four digits; -1 if it is none.
  private static int number(String text) {
    return text.matches("0|[1-9][0-9]{0,3}") ? Integer.parseInt(text) : -1;
  }

  private Store.Shared shared() throws Refusal {
    return store
        .shared()
        .orElseThrow(
            () ->
                new Refusal(
                    "NOSHARE store.share-directory: none (expected: a directory, where clients on"
                        + " this machine read the memory)"));
  }

  private Task read(Request request, Optional<Store.Shared> shared, RespBuffer out) throws Refusal {
    var where = attachment(request, 2);
    boolean hex = BlockWords.endsInHex(request, 4);
    int part = number(request.text(3));
    if (part < 0 || part >= BlockKey.PARTS_MAX) {
      throw new Refusal(
          "SYNTAX part: %s (expected: 0 to %d)"
              .formatted(shown(request, 3), BlockKey.PARTS_MAX - 1));
    }
    int width = where.namespace().hashBytes();
    var chain = BlockWords.hashes(request, 4, width, Limits.READ_BLOCKS_MAX, hex);
    var deadline = Reads.deadline(request, 1);
    if (deadline.isEmpty()) {
      throw new Refusal(Reads.badDeadline(request, 1));
    }
    return reads.blocks(new Reads.Asked(where, part, chain, deadline.getAsLong(), shared), out);
  }

  private static String shown(Request request, int word) {
    return BlockWords.shown(request, word);
  }
}
