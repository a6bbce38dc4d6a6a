// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

import io.incipit.bench.report.Surroundings;
import io.incipit.env.Disk;
import io.incipit.env.RandomSource;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// A server that runs as a child of this process, listens on the loopback interface, and ends with
/// us.
public final class ServerProcess implements Closeable {
  private static final Pattern OUR_PORTS =
      Pattern.compile("RESP on port (\\d+), HTTP on port (\\d+)");
  private static final Pattern OUR_OWN_PORT = Pattern.compile("Ready on port (\\d+)");
  private static final Pattern REDIS_IS_UP = Pattern.compile("Ready to accept connections");

  /// How the threads of a JVM's compilers are named.
  private static final Pattern COMPILER = Pattern.compile("\\(C[12] Compiler");

  private static final int TRIES = 10;
  private static final int PORT_MIN = 20_000;
  private static final int PORT_END = 32_000;

  /// What the kernel counts CPU time in here: `USER_HZ`, a hundredth of a second on Linux.
  private static final long TICK_NS = 10_000_000;

  /// Those that have not ended, and whether we are ending. Whoever holds its lock starts or ends.
  private static final Set<Process> CHILDREN = new HashSet<>();

  private static boolean ending;

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(ServerProcess::endAll));
  }

  private final Process process;
  private final int port;
  private final int httpPort;

  private ServerProcess(Process process, int port, int httpPort) {
    this.process = process;
    this.port = port;
    this.httpPort = httpPort;
  }

  /// Starts a process that ends with us from its first moment on, ready or not.
  private static Process child(ProcessBuilder builder) throws IOException {
    synchronized (CHILDREN) {
      if (ending) {
        throw new IOException("ended before a server was started");
      }
      CHILDREN.removeIf(process -> !process.isAlive());
      var process = builder.start();
      CHILDREN.add(process);
      return process;
    }
  }

  private static void endAll() {
    synchronized (CHILDREN) {
      ending = true;
      CHILDREN.forEach(Process::destroy);
    }
  }

  /// Our server, as `./incipit serve` starts it, on free ports.
  ///
  /// @param more options of `serve`
  public static ServerProcess incipit(String... more) throws IOException {
    return incipit("", List.of(more));
  }

  /// The same with a heap of at most so many MiB.
  ///
  /// @param more options of `serve`
  public static ServerProcess incipit(int heapMib, List<String> more) throws IOException {
    return incipit("-Xmx" + heapMib + "m", more);
  }

  private static ServerProcess incipit(String flags, List<String> more) throws IOException {
    var launcher = Surroundings.root().resolve("incipit").toString();
    var command = new ArrayList<>(List.of(launcher, "serve", "--port", "0", "--http-port", "0"));
    command.addAll(more);
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    if (!flags.isEmpty()) {
      builder.environment().merge("INCIPIT_JAVA_OPTS", flags, (old, added) -> old + " " + added);
    }
    var process = child(builder);
    var line = awaitLine(process, OUR_PORTS);
    var ports = OUR_PORTS.matcher(line);
    if (!ports.find()) {
      throw new IOException("./incipit serve did not start: " + line);
    }
    return new ServerProcess(
        process, Integer.parseInt(ports.group(1)), Integer.parseInt(ports.group(2)));
  }

  /// A class of this program that prints `Ready on port N`, in a process of its own.
  ///
  /// @param flags of its JVM
  /// @param arguments of its `main`
  public static ServerProcess java(Class<?> main, List<String> flags, List<String> arguments)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    var process = start(command);
    var line = awaitLine(process, OUR_OWN_PORT);
    var port = OUR_OWN_PORT.matcher(line);
    if (!port.find()) {
      throw new IOException(main.getSimpleName() + " did not start: " + line);
    }
    return new ServerProcess(process, Integer.parseInt(port.group(1)), 0);
  }

  /// Dynamo's standalone indexer, on a free port. It may take some seconds until it answers.
  ///
  /// @param python of an environment that has `ai-dynamo-runtime`
  public static ServerProcess dynamo(String python) throws IOException {
    int port = RandomSource.seeded(RandomSource.system().fresh()).nextInt(PORT_MIN, PORT_END);
    var process =
        child(
            new ProcessBuilder(
                    python, "-m", "dynamo.indexer", "--port", "" + port, "--threads", "2")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD));
    return new ServerProcess(process, port, port);
  }

  /// Redis, on a free port, without persistence.
  public static ServerProcess redis() throws IOException {
    return redis("redis-server", List.of());
  }

  /// Redis, or what is started as it is, on a free port, without persistence.
  ///
  /// @param more options beside these
  static ServerProcess redis(String program, List<String> more) throws IOException {
    var random = RandomSource.seeded(RandomSource.system().fresh());
    var line = "";
    for (int i = 0; i < TRIES; i++) {
      int port = random.nextInt(PORT_MIN, PORT_END);
      var process = startRedis(program, port, more);
      line = awaitLine(process, REDIS_IS_UP);
      if (REDIS_IS_UP.matcher(line).find()) {
        return new ServerProcess(process, port, 0);
      }
    }
    throw new IOException(program + " did not start: " + line);
  }

  private static Process startRedis(String program, int port, List<String> more)
      throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                program,
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no"));
    command.addAll(more);
    try {
      return start(command);
    } catch (IOException absent) {
      throw new IOException(
          program
              + " is not on PATH (checks/setup installs redis-server where it may): "
              + absent.getMessage(),
          absent);
    }
  }

  private static Process start(List<String> command) throws IOException {
    return child(new ProcessBuilder(command).redirectErrorStream(true));
  }

  /// Reads what a process prints up to a line that `wanted` finds.
  ///
  /// @return that line; where the process ends without it, the last lines that it printed
  private static String awaitLine(Process process, Pattern wanted) throws IOException {
    var last = new ArrayList<String>();
    var lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      if (wanted.matcher(line).find()) {
        return line;
      }
      last.add(line);
    }
    return String.join(" / ", last.subList(Math.max(0, last.size() - 3), last.size()));
  }

  /// The port it answers RESP on.
  public int port() {
    return port;
  }

  /// The port it answers HTTP on; 0 if it does not.
  public int httpPort() {
    return httpPort;
  }

  /// Whether it has not ended by itself.
  public boolean isAlive() {
    return process.isAlive();
  }

  /// CPU time of all its threads so far, in user and kernel mode, in steps of 10 ms.
  public long cpuNs() throws IOException {
    var stat = Disk.system().readText(Path.of("/proc/" + process.pid() + "/stat"));
    return ticks(stat) * TICK_NS;
  }

  private static long ticks(String stat) {
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }

  /// The same without the threads of just-in-time compilers: of a server that has run for long,
  /// they take none.
  public long compiledCpuNs() throws IOException {
    var tasks = Path.of("/proc/" + process.pid() + "/task");
    var threads = new File(tasks.toString()).list();
    long ticks = 0;
    for (var thread : threads == null ? new String[0] : threads) {
      try {
        var stat = Disk.system().readText(tasks.resolve(thread).resolve("stat"));
        ticks += COMPILER.matcher(stat).find() ? 0 : ticks(stat);
      } catch (NoSuchFileException ended) {
        // Between the list and the look at it.
      }
    }
    return ticks * TICK_NS;
  }

  /// Memory of it that is in use, in KiB; 0 where the kernel does not say.
  public long residentKib() {
    return Surroundings.residentKib(process.pid());
  }

  /// Stops it and waits until it has ended.
  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
