// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.env.Disk;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// A package of Python in an environment of its own, put there at its first use.
///
/// @param name as the package index has it
record PythonPackage(String name, String version) {
  /// Puts it there if it is not there yet.
  ///
  /// @param folder where environments are
  /// @return the `python` of the environment
  /// @throws IOException if that cannot be, and why
  Path install(Path folder) throws IOException, InterruptedException {
    var environment = folder.resolve(name + "-" + version);
    var python = environment.resolve("bin").resolve("python");
    var mark = environment.resolve("installed");
    if (!Disk.system().exists(mark)) {
      run(List.of("python3", "-m", "venv", environment.toString()));
      run(
          List.of(
              python.toString(),
              "-m",
              "pip",
              "install",
              "--quiet",
              "--disable-pip-version-check",
              "--timeout=15",
              "--retries=1",
              name + "==" + version));
      Disk.system().writeText(mark, name + "==" + version + "\n");
    }
    return python;
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException absent) {
      throw new IOException(new File(command.getFirst()).getName() + " is not on PATH", absent);
    }
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      var last = said.substring(said.lastIndexOf('\n') + 1);
      throw new IOException(String.join(" ", command) + " failed: " + last);
    }
  }
}
