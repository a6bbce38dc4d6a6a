// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.report;

import io.incipit.env.Clock;
import io.incipit.env.Disk;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a measurement ran on and from: the facts that a result file carries.
public final class Surroundings {
  private static final Disk DISK = Disk.system();

  private Surroundings() {}

  /// The directory of the sources.
  public static Path root() {
    return Path.of(System.getProperty("incipit.root", ".")).toAbsolutePath().normalize();
  }

  /// The commit of the sources, with `+` if they have changed since; `unknown` without git.
  public static String commit() throws IOException, InterruptedException {
    var commit = git("rev-parse", "--short=12", "HEAD");
    if (commit.isEmpty()) {
      return "unknown";
    }
    return git("status", "--porcelain", "--untracked-files=no").isEmpty() ? commit : commit + "+";
  }

  private static String git(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("git", "-C", root().toString()));
    command.addAll(List.of(arguments));
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? text.strip() : "";
  }

  /// Now, in UTC, to the second.
  public static String date() {
    return Instant.ofEpochMilli(Clock.system().wallMillis())
        .truncatedTo(ChronoUnit.SECONDS)
        .toString();
  }

  /// Flags of this JVM, without the paths of this machine.
  public static List<String> flags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-Dincipit.root"))
        .toList();
  }

  /// Processor, cores, memory, kernel, JVM, heap and the load of the moment.
  public static Map<String, String> machine() {
    var machine = new LinkedHashMap<String, String>();
    machine.put("processor", field("/proc/cpuinfo", "model name"));
    machine.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    machine.put("memory", field("/proc/meminfo", "MemTotal"));
    machine.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    machine.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    machine.put("heapMax", (Runtime.getRuntime().maxMemory() >> 20) + " MiB");
    machine.put(
        "load",
        "%.1f".formatted(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    return machine;
  }

  /// Memory of this process that is in use, in KiB; 0 where the kernel does not say.
  public static long residentKib() {
    return residentKib(ProcessHandle.current().pid());
  }

  /// The same of any process.
  public static long residentKib(long process) {
    var digits = field("/proc/" + process + "/status", "VmRSS").replaceAll("\\D", "");
    return digits.isEmpty() ? 0 : Long.parseLong(digits);
  }

  private static String field(String file, String name) {
    try {
      return DISK.readText(Path.of(file))
          .lines()
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException absent) {
      return "unknown";
    }
  }
}
