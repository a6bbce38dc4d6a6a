// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.block.BlockChain;
import io.incipit.block.Holders;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Value;
import io.incipit.stream.Projection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// What people see of the tree: a block and those that follow it in its run, one row each.
final class Inspection {
  /// The most rows of one reply.
  static final int ROWS_MAX = 256;

  /// The most holders named in one row.
  static final int HOLDERS_SHOWN = 16;

  private final Projection projection;

  Inspection(Projection projection) {
    this.projection = projection;
  }

  /// Rows of `position` (0 is the block asked for), `hash` (of the later ones the last 16 bytes,
  /// which is what the index keeps) and `holders`; none if the block is unknown.
  Reply reply(Op.Inspect op) {
    var rows = new ArrayList<Map<String, Value>>();
    int count = Math.min(op.count(), ROWS_MAX);
    int first = Math.max(1, op.from());
    var following = run(op, first - 1, op.from() == 0 ? count - 1 : count);
    if (op.from() == 0) {
      var here = locate(op);
      if (here.count() == 0 && following.hashes().isEmpty()) {
        return new Reply.Rows(rows);
      }
      rows.add(row(0, op.hash(), 0, here));
    }
    for (int i = 0; i < following.hashes().length(); i++) {
      rows.add(row(first + i, following.hashes(), i, following.holders()));
    }
    return new Reply.Rows(rows);
  }

  private Holders locate(Op.Inspect op) {
    var located = projection.locate(new Op.Locate(op.namespace(), op.hash()));
    return located instanceof Reply.Located(var holders) ? holders.getFirst() : Holders.NONE;
  }

  private Reply.Ran run(Op.Inspect op, int from, int count) {
    var run = projection.run(new Op.Run(op.namespace(), op.hash(), from, count));
    return run instanceof Reply.Ran ran
        ? ran
        : new Reply.Ran(BlockChain.empty(Long.BYTES), 0, Holders.NONE);
  }

  /// @param holders intervals on positions of `hashes`
  private Map<String, Value> row(int position, BlockChain hashes, int i, Holders holders) {
    var row = new LinkedHashMap<String, Value>();
    row.put("position", Value.of(position));
    row.put("hash", Value.of(HexFormat.of().formatHex(hashes.slice(i, i + 1).toBytes())));
    row.put("holders", Value.of(String.join(" ", names(holders, i))));
    return row;
  }

  /// The holders at a position, by number of the owner.
  private List<String> names(Holders holders, int position) {
    var here =
        IntStream.range(0, holders.count())
            .filter(i -> holders.from(i) <= position && position < holders.to(i))
            .boxed()
            .sorted(
                Comparator.comparingLong((Integer i) -> Integer.toUnsignedLong(holders.owner(i)))
                    .thenComparing(holders::tier))
            .toList();
    var shown = new ArrayList<String>();
    here.stream()
        .limit(HOLDERS_SHOWN)
        .forEach(i -> shown.add(quoted(name(holders.owner(i))) + "/" + holders.tier(i)));
    if (here.size() > HOLDERS_SHOWN) {
      shown.add("and %d more".formatted(here.size() - HOLDERS_SHOWN));
    }
    return shown;
  }

  /// A name in quotes if it would not be one word without.
  private static String quoted(String name) {
    return name.chars().anyMatch(letter -> letter <= ' ' || letter == '"')
        ? '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
        : name;
  }

  private String name(int owner) {
    var found =
        projection.owners(new Op.Owners(projection.namespace().name(), Optional.empty(), owner, 1));
    return found instanceof Reply.Rows(var rows) && !rows.isEmpty()
        ? rows.getFirst().getOrDefault("name", Value.of("")).text()
        : Integer.toString(owner);
  }
}
