// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The prefix tree of all prompts of a trace; a node is a distinct block.
///
/// @param branching nodes with two children and more
/// @param twins nodes with exactly two children
/// @param fanOuts children of the nodes that have most, descending
/// @param edges unbranched stretches of nodes, as long as they can be
/// @param edgeBlocks nodes of an edge
/// @param extents stretches of nodes with consecutive numbers, each the child of the one before
/// @param extentBlocks mean nodes of an extent
/// @param depths nodes before a node
/// @param branchDepths nodes before a branching node
/// @param levels the tree at depths that grow by an eighth, for the plot
public record TreeStats(
    int nodes,
    int roots,
    int leaves,
    int branching,
    int twins,
    List<Integer> fanOuts,
    int edges,
    Spread edgeBlocks,
    int extents,
    double extentBlocks,
    Spread depths,
    Spread branchDepths,
    List<Level> levels) {
  private static final int FAN_OUTS = 3;
  private static final int LEVELS_PER_FOLD = 8;

  /// Keeps lists that nobody changes.
  public TreeStats {
    fanOuts = List.copyOf(fanOuts);
    levels = List.copyOf(levels);
  }

  /// The tree at one depth.
  ///
  /// @param requests prompts that reach it
  /// @param nodes distinct blocks there
  public record Level(int depth, int requests, int nodes) {}

  static TreeStats of(TraceTable table) {
    var children = table.children();
    var shape = new Shape(table, children);
    var depths = new int[table.distinct()];
    for (int block = 0; block < depths.length; block++) {
      depths[block] = table.depth(block);
    }
    return new TreeStats(
        depths.length,
        shape.roots,
        shape.leaves,
        shape.branchDepths.length(),
        shape.twins,
        fanOuts(children),
        shape.edges.length(),
        Spread.of(shape.edges.toArray()),
        shape.extents,
        shape.extents == 0 ? 0 : (double) depths.length / shape.extents,
        Spread.of(depths),
        Spread.of(shape.branchDepths.toArray()),
        levels(table));
  }

  private static List<Integer> fanOuts(int[] children) {
    var sorted = children.clone();
    Arrays.sort(sorted);
    var most = new ArrayList<Integer>();
    for (int i = sorted.length - 1; i >= Math.max(0, sorted.length - FAN_OUTS); i--) {
      most.add(sorted[i]);
    }
    return most;
  }

  private static List<Level> levels(TraceTable table) {
    int deepest = 0;
    for (int r = 0; r < table.requests(); r++) {
      deepest = Math.max(deepest, table.length(r));
    }
    var requests = new int[deepest + 1];
    var nodes = new int[deepest + 1];
    for (int r = 0; r < table.requests(); r++) {
      requests[table.length(r)]++;
    }
    for (int depth = deepest - 1; depth >= 0; depth--) {
      requests[depth] += requests[depth + 1];
    }
    for (int block = 0; block < table.distinct(); block++) {
      nodes[table.depth(block)]++;
    }
    var levels = new ArrayList<Level>();
    for (int depth = 0; depth < deepest; depth += Math.max(1, depth / LEVELS_PER_FOLD)) {
      levels.add(new Level(depth, requests[depth + 1], nodes[depth]));
    }
    return levels;
  }

  /// Counts what the parents of nodes say.
  private static final class Shape {
    private final IntList edges = new IntList();
    private final IntList branchDepths = new IntList();
    private int roots;
    private int leaves;
    private int twins;
    private int extents;

    Shape(TraceTable table, int[] children) {
      var edgeOf = new int[table.distinct()];
      for (int block = 0; block < edgeOf.length; block++) {
        int parent = table.parent(block);
        boolean root = parent == TraceTable.ROOT;
        roots += root ? 1 : 0;
        extents += root || parent != block - 1 ? 1 : 0;
        leaves += children[block] == 0 ? 1 : 0;
        twins += children[block] == 2 ? 1 : 0;
        if (children[block] > 1) {
          branchDepths.add(table.depth(block));
        }
        if (root || children[parent] > 1) {
          edgeOf[block] = edges.length();
          edges.add(1);
        } else {
          edgeOf[block] = edgeOf[parent];
          edges.increment(edgeOf[block]);
        }
      }
    }
  }
}
