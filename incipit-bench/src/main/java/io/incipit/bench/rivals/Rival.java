// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.bench.report.Samples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An index that can be started.
///
/// @param name its word in results
/// @param version of the package that it comes from
/// @param command that starts it
/// @param environment of its process, beside ours
/// @param slow whether it takes so long that only a part of the larger workloads is put to it
/// @param percent whether it answers in percent of a question, rounded down
/// @param notes what has to be said beside its figures
record Rival(
    String name,
    String version,
    List<String> command,
    Map<String, String> environment,
    boolean slow,
    boolean percent,
    String notes) {
  /// Heap for prompts of the largest workload and the index, its first part touched at the start.
  private static final List<String> FLAGS =
      List.of(
          "-XX:+UseCompactObjectHeaders",
          "-XX:+UseParallelGC",
          "-XX:ParallelGCThreads=1",
          "-Xms1g",
          "-Xmx4g",
          "-XX:NewRatio=1",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseTransparentHugePages");

  /// Ours, in a JVM of its own.
  ///
  /// @param variant `byhash`, which all are compared with, `all` or `anchored`
  static Rival ours(String variant, String commit) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(IncipitRival.class.getName(), variant));
    var notes =
        switch (variant) {
          case "all" -> "answers list each worker that has something, as those of the others do";
          case "anchored" -> "no removal by hash: changes name their chain from its start";
          default -> "answers say once what most workers have, as KVC.SCORE does";
        };
    var name = variant.equals("byhash") ? Samples.OURS : Samples.OURS + "-" + variant;
    return new Rival(name, commit, command, Map.of(), false, false, notes);
  }

  /// Whether it is ours, with removal by hash: what all are compared with.
  boolean isOurs() {
    return name.equals(Samples.OURS);
  }
}
