// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Puts the table of [Holes] to rivals.
final class HolesRun {
  private HolesRun() {}

  /// Asks all, each in a process of its own.
  ///
  /// @param folder where they leave what they complain about
  static List<RivalsResult.Hole> run(List<Rival> rivals, Path folder) throws IOException {
    Map<String, List<RivalsResult.Answer>> columns = new LinkedHashMap<>();
    for (var rival : rivals) {
      columns.put(rival.name(), column(rival, folder));
    }
    var table = new ArrayList<RivalsResult.Hole>();
    for (int i = 0; i < Holes.ALL.size(); i++) {
      var hole = Holes.ALL.get(i);
      var answers = new LinkedHashMap<String, RivalsResult.Answer>();
      for (var column : columns.entrySet()) {
        answers.put(column.getKey(), column.getValue().get(i));
      }
      table.add(new RivalsResult.Hole(hole.title(), hole.truth().text(), answers));
    }
    return table;
  }

  private static List<RivalsResult.Answer> column(Rival rival, Path folder) throws IOException {
    var column = new ArrayList<RivalsResult.Answer>();
    try (var process = RivalProcess.start(rival, folder, false)) {
      for (var hole : Holes.ALL) {
        column.add(answer(process, hole));
      }
    }
    return column;
  }

  private static RivalsResult.Answer answer(RivalProcess process, Holes.Hole hole) {
    try {
      var commands = hole.commands();
      for (var command : commands.subList(0, commands.size() - 1)) {
        process.ask(command, "ok");
      }
      var said = Holdings.parse(String.join(" ", process.ask(commands.getLast(), "score")));
      return new RivalsResult.Answer(said.text(), !said.equals(hole.truth()));
    } catch (RivalFailed | NumberFormatException failed) {
      return new RivalsResult.Answer("failed: " + failed.getMessage(), true);
    }
  }
}
