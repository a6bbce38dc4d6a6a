// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.block.BlockChain;
import io.incipit.block.Holders;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import io.incipit.stream.Inquiry;
import io.incipit.stream.Projection;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// What people see of the tree: a block and those that follow it as far as prompts do not part, one
/// row each.
final class Inspection {
  /// The most rows of one reply.
  static final int ROWS_MAX = 256;

  /// The most holders named in one row.
  static final int HOLDERS_SHOWN = 16;

  private final Projection projection;
  private final List<Map<String, Value>> rows = new ArrayList<>();

  private Inspection(Projection projection) {
    this.projection = projection;
  }

  /// Rows of `position` (0 is the block asked for), `hash` and `holders`; none if the block is
  /// unknown or no more follow.
  static Reply reply(Op.Inspect op, Projection projection, Inquiry by) {
    return new Inspection(projection).reply(op, by);
  }

  private Reply reply(Op.Inspect op, Inquiry by) {
    int count = Math.min(op.count(), ROWS_MAX);
    boolean first = op.from() == 0 && count > 0;
    var run =
        projection.run(
            new Op.Run(
                op.namespace(), op.hash(), Math.max(0, op.from() - 1), count - (first ? 1 : 0)),
            by);
    if (!(run instanceof Reply.Ran ran)) {
      return run;
    }
    if ((ran.flags() & Reply.UNKNOWN) == 0 && first) {
      var located = projection.locate(new Op.Locate(op.namespace(), op.hash()), by);
      if (!(located instanceof Reply.Located(var holders))) {
        return located;
      }
      add(0, op.hash(), holders.getFirst());
    }
    add(Math.max(1, op.from()), ran.hashes(), ran.holders());
    return new Reply.Rows(rows);
  }

  /// A row for each of `hashes`, which hold the positions from `position` on.
  private void add(int position, BlockChain hashes, Holders holders) {
    int blocks = hashes.length();
    var begin = new ArrayList<List<Long>>();
    var end = new ArrayList<List<Long>>();
    for (int i = 0; i <= blocks; i++) {
      begin.add(new ArrayList<>(0));
      end.add(new ArrayList<>(0));
    }
    for (int i = 0; i < holders.count(); i++) {
      long holder = (long) holders.owner(i) << 2 | holders.tier(i).code();
      begin.get(holders.from(i)).add(holder);
      end.get(holders.to(i)).add(holder);
    }
    var holding = new TreeSet<Long>();
    for (int i = 0; i < blocks; i++) {
      end.get(i).forEach(holding::remove);
      holding.addAll(begin.get(i));
      var row = new LinkedHashMap<String, Value>();
      row.put("position", Value.of(position + i));
      row.put("hash", Value.of(HexFormat.of().formatHex(hashes.slice(i, i + 1).toBytes())));
      row.put("holders", Value.of(shown(holding)));
      rows.add(row);
    }
  }

  /// Holders by number of the owner, then tier.
  private String shown(SortedSet<Long> holding) {
    var names = new ArrayList<String>();
    holding.stream()
        .limit(HOLDERS_SHOWN)
        .forEach(
            holder ->
                names.add(
                    quoted(projection.ownerName((int) (holder >> 2)))
                        + "/"
                        + Tier.of((int) (holder & 3))));
    if (holding.size() > HOLDERS_SHOWN) {
      names.add("and %d more".formatted(holding.size() - HOLDERS_SHOWN));
    }
    return String.join(" ", names);
  }

  /// A name as it is, or between quotes with what could be mistaken escaped.
  static String quoted(String name) {
    if (name.chars().allMatch(c -> c > ' ' && c != '"' && c != '\\' && c != 127)) {
      return name;
    }
    var text = new StringBuilder("\"");
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < ' ' || c == 127) {
        text.append("\\x%02x".formatted((int) c));
      } else {
        text.append(c == '"' || c == '\\' ? "\\" : "").append(c);
      }
    }
    return text.append('"').toString();
  }
}
