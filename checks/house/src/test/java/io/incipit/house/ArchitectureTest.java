// SPDX-License-Identifier: Apache-2.0
package io.incipit.house;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may import whom, and who may call the world outside, held against the compiled classes.
class ArchitectureTest {
  private static final Set<String> ANY = Set.of("*");

  /// Ours: package -> what it may import, both without `io.incipit.`. ARCHITECTURE.md shows the
  /// rows of the packages that exist.
  private static final Map<String, Set<String>> MAY_IMPORT =
      Map.ofEntries(
          entry("env", Set.of()),
          entry("block", Set.of()),
          entry("index", Set.of("block", "index.table")),
          entry("index.table", Set.of("block")),
          entry("stream", Set.of("block", "index")),
          entry("policy", Set.of("block")),
          entry("protocol", Set.of("block")),
          entry("tls", Set.of("env")),
          entry("client", Set.of("env", "block", "protocol", "tls")),
          entry("quota", Set.of("env", "block", "protocol")),
          entry("service", Set.of("env", "block", "index", "stream", "quota")),
          entry(
              "ingest",
              Set.of("env", "block", "service", "ingest.chain", "ingest.discover", "ingest.event")),
          entry("ingest.chain", Set.of("block")),
          entry("ingest.discover", Set.of()),
          entry("ingest.event", Set.of("block")),
          entry(
              "store",
              Set.of(
                  "env",
                  "block",
                  "quota",
                  "store.block",
                  "store.memory",
                  "store.retain",
                  "store.regret",
                  "store.salt",
                  "store.tenant",
                  "store.disk",
                  "store.disk.record")),
          entry(
              "store.tenant",
              Set.of("block", "quota", "store.block", "store.memory", "store.retain")),
          entry("store.block", Set.of("env", "block", "store.memory")),
          entry("store.salt", Set.of("block", "store.block")),
          entry("store.memory", Set.of("env", "block")),
          entry("store.share", Set.of("env", "store.memory")),
          entry("store.retain", Set.of("env", "block", "policy", "store.memory", "store.regret")),
          entry("store.regret", Set.of("env", "block", "policy")),
          entry("store.disk", Set.of("env", "store.disk.record", "store.memory")),
          entry("store.disk.record", Set.of("block", "store.memory")),
          entry(
              "net",
              Set.of(
                  "env",
                  "block",
                  "protocol",
                  "service",
                  "store",
                  "net.access",
                  "net.audit",
                  "net.block",
                  "net.http",
                  "net.limits",
                  "net.redis",
                  "net.task",
                  "net.tls",
                  "net.value")),
          entry("net.tls", Set.of("env", "net.audit", "tls")),
          entry("net.audit", Set.of("env", "block", "protocol")),
          entry(
              "net.block",
              Set.of(
                  "env",
                  "block",
                  "protocol",
                  "store",
                  "store.block",
                  "store.salt",
                  "net.redis",
                  "net.task")),
          entry("net.access", Set.of("env", "block", "protocol", "quota", "store.block")),
          entry("net.task", Set.of("protocol", "store")),
          entry("net.redis", Set.of("env", "block", "protocol", "store", "net.access")),
          entry(
              "net.value",
              Set.of(
                  "env",
                  "block",
                  "protocol",
                  "store",
                  "store.block",
                  "store.memory",
                  "net.block",
                  "net.redis",
                  "net.task")),
          entry("net.http", Set.of("net.access", "net.audit", "net.limits")),
          entry("net.limits", Set.of("env")),
          entry(
              "router",
              Set.of(
                  "env",
                  "block",
                  "protocol",
                  "service",
                  "quota",
                  "ingest",
                  "ingest.chain",
                  "net.access",
                  "net.http")),
          entry(
              "server",
              Set.of(
                  "env",
                  "block",
                  "quota",
                  "service",
                  "store",
                  "store.block",
                  "store.memory",
                  "store.disk",
                  "store.retain",
                  "store.share",
                  "ingest",
                  "net",
                  "net.access",
                  "net.audit",
                  "net.limits",
                  "net.tls",
                  "router",
                  "tls")),
          entry("trace", Set.of("env", "block", "policy", "trace.token")),
          entry("trace.token", Set.of()),
          entry("tokenizer", Set.of("trace.token")),
          entry("trace.log", Set.of("trace", "trace.prompt", "trace.token", "block")),
          entry("trace.mooncake", Set.of("block", "trace")),
          entry("trace.prompt", Set.of("trace", "block", "policy")),
          entry("trace.session", Set.of("trace", "trace.prompt", "block", "policy")),
          entry(
              "trace.format",
              Set.of(
                  "env",
                  "trace",
                  "trace.log",
                  "trace.mooncake",
                  "trace.prompt",
                  "trace.session",
                  "block")),
          entry(
              "trace.report",
              Set.of(
                  "trace",
                  "trace.analyze",
                  "trace.plan",
                  "trace.replay",
                  "trace.simulate",
                  "trace.simulate.tier")),
          entry("trace.plan", Set.of("trace", "trace.simulate", "trace.simulate.tier")),
          entry("trace.analyze", Set.of("trace")),
          entry(
              "trace.simulate",
              Set.of("block", "trace", "trace.simulate.policy", "trace.simulate.tier", "policy")),
          entry("trace.simulate.tier", Set.of("block", "policy")),
          entry("trace.simulate.policy", Set.of("block", "policy")),
          entry("trace.generate", Set.of("env", "trace")),
          entry(
              "trace.replay",
              Set.of("env", "trace", "block", "index", "stream", "policy", "client")),
          entry(
              "cli.option",
              Set.of(
                  "env",
                  "trace",
                  "trace.format",
                  "trace.generate",
                  "trace.plan",
                  "trace.report",
                  "trace.simulate",
                  "trace.token")),
          entry(
              "cli",
              Set.of(
                  "cli.option",
                  "cli.secure",
                  "env",
                  "client",
                  "server",
                  "trace",
                  "trace.analyze",
                  "trace.format",
                  "trace.generate",
                  "trace.plan",
                  "trace.replay",
                  "trace.report",
                  "trace.simulate",
                  "block")),
          entry("cli.secure", Set.of("env")),
          entry("bench.chime", ANY),
          entry("bench.micro", ANY),
          entry("bench.target", ANY),
          entry("bench.load", ANY),
          entry("bench.value", ANY),
          entry("bench.guard", ANY),
          entry("bench.disk", ANY),
          entry("bench.evaluate", ANY),
          entry("bench.pool", ANY),
          entry("bench.race", ANY),
          entry("bench.runpool", ANY),
          entry("bench.report", ANY),
          entry("bench.rivals", ANY),
          entry("bench.sherman", ANY),
          entry("bench.cli", ANY));

  /// Others': package prefix -> the only packages of ours that may import it.
  private static final Map<String, Set<String>> WALLS =
      Map.of(
          "io.netty", Set.of("net", "net.http", "net.limits", "net.tls", "net.value"),
          "org.apache.ratis", Set.of("cluster"),
          "org.zeromq", Set.of("ingest", "bench.load"),
          "com.dynatrace", Set.of("ingest", "ingest.chain"),
          "com.github.luben", Set.of("trace"),
          "com.knuddels", Set.of("tokenizer"),
          "ai.djl", Set.of("tokenizer"),
          "org.bouncycastle", Set.of("cli.secure"),
          "picocli", Set.of("cli", "cli.option", "bench.cli"));

  /// Calls -> the only packages that may make them, besides `env`; `*` as a name is every member.
  /// The benchmarks launch processes and read the CPU time of threads, and may do no more.
  private static final Map<String, Set<String>> CALLS =
      Map.ofEntries(
          entry("java/lang/System.nanoTime", Set.of()),
          entry("java/lang/System.currentTimeMillis", Set.of()),
          entry("java/time/Instant.now", Set.of()),
          entry("java/time/LocalDateTime.now", Set.of()),
          entry("java/time/ZonedDateTime.now", Set.of()),
          entry("java/lang/Thread.sleep", Set.of()),
          entry("java/util/concurrent/TimeUnit.sleep", Set.of()),
          entry("java/lang/Math.random", Set.of()),
          entry("java/util/Random.<init>", Set.of()),
          entry("java/util/SplittableRandom.<init>", Set.of()),
          entry("java/security/SecureRandom.*", Set.of()),
          entry("java/util/concurrent/ThreadLocalRandom.current", Set.of()),
          entry("java/util/random/RandomGenerator.of", Set.of()),
          entry("java/util/random/RandomGenerator.getDefault", Set.of()),
          entry("java/util/UUID.randomUUID", Set.of()),
          entry("java/nio/file/Files.*", Set.of()),
          entry("java/nio/channels/FileChannel.open", Set.of()),
          entry("java/io/FileInputStream.<init>", Set.of()),
          entry("java/io/FileOutputStream.<init>", Set.of()),
          entry("java/io/FileReader.<init>", Set.of()),
          entry("java/io/FileWriter.<init>", Set.of()),
          entry("java/io/RandomAccessFile.<init>", Set.of()),
          entry("java/net/Socket.<init>", Set.of()),
          entry("java/net/ServerSocket.<init>", Set.of()),
          entry("java/nio/channels/SocketChannel.open", Set.of()),
          entry("java/net/http/HttpClient.newBuilder", Set.of("ingest.discover")),
          entry("java/net/http/HttpClient.newHttpClient", Set.of()),
          entry("java/nio/channels/ServerSocketChannel.open", Set.of("bench.value")),
          entry("java/lang/ProcessBuilder.<init>", Set.of("bench")),
          entry("java/lang/Runtime.exec", Set.of("bench")),
          entry("java/lang/management/ManagementFactory.getThreadMXBean", Set.of("bench")));

  /// What the command line may know of the server; the rest of that package is its own affair.
  private static final Set<String> SERVER_FRONT = Set.of("IncipitServer", "ServerConfig");

  private static final Pattern ROW =
      Pattern.compile(
          "\\| *(?:core|client|server|trace|tokenizers|cli|bench) *\\|"
              + " *`([a-z.]+)` *\\|.*\\|(.*)\\|");

  @Test
  void imports_ofAllModules_followTheTable() {
    var classes = new Classes(modules());
    assertThat(classes.badImports(MAY_IMPORT, WALLS)).isEmpty();
    assertThat(classes.unusedImports(MAY_IMPORT)).isEmpty();
  }

  @Test
  void calls_ofAllModules_reachTheWorldThroughEnv() throws IOException {
    var classes = new Classes(modules());
    assertThat(classes.badCalls(CALLS)).isEmpty();
    assertThat(classes.badUses("cli", "server", SERVER_FRONT)).isEmpty();
  }

  @Test
  void table_inArchitectureMd_showsThePackagesThatExist() throws IOException {
    var shown = new TreeMap<String, Set<String>>();
    for (var line : Files.readAllLines(House.ROOT.resolve("ARCHITECTURE.md"))) {
      var row = ROW.matcher(line);
      if (row.matches()) {
        shown.put(row.group(1), names(row.group(2)));
      }
    }

    var existing = new TreeMap<String, Set<String>>();
    for (var name : packages()) {
      existing.put(name, new TreeSet<>(MAY_IMPORT.getOrDefault(name, Set.of("no row"))));
    }
    assertThat(shown).isEqualTo(existing);
  }

  @Test
  void badImports_planted_areNamed(@TempDir Path planted) throws IOException {
    compile(
        planted,
        "package io.incipit.index; public class Index {}",
        "package io.netty.buffer; public class Buf {}",
        "package io.incipit.block; class Bad { io.incipit.index.Index i; io.netty.buffer.Buf b; }",
        "package io.incipit.helper; class Stray {}",
        "package io.incipit.net; class Good { io.netty.buffer.Buf b; }");

    assertThat(new Classes(List.of(planted)).badImports(MAY_IMPORT, WALLS))
        .containsExactlyInAnyOrder(
            "io.incipit.block -> io.incipit.index",
            "io.incipit.block -> io.netty.buffer"
                + " (only in [net, net.http, net.limits, net.tls, net.value])",
            "io.incipit.helper is not in the table");
    assertThat(
            new Classes(List.of(planted))
                .unusedImports(Map.of("block", Set.of("index", "env"), "net", ANY)))
        .containsExactly("io.incipit.block -> io.incipit.env");
  }

  @Test
  void badCalls_planted_areNamed(@TempDir Path planted) throws IOException {
    compile(
        planted,
        "package io.incipit.index; class Bad { long t() { return System.nanoTime(); } }",
        "package io.incipit.store; class Ref {"
            + " java.util.function.LongSupplier s = System::currentTimeMillis; }",
        "package io.incipit.bench.load; class Good { Object p = new ProcessBuilder(); }",
        "package io.incipit.server; public class Wiring {}",
        "package io.incipit.cli; class Nosy { io.incipit.server.Wiring w; }",
        "package io.incipit.env; class Clock { long t() { return System.nanoTime(); } }");

    var classes = new Classes(List.of(planted));
    assertThat(classes.badCalls(CALLS))
        .containsExactlyInAnyOrder(
            "io.incipit.index.Bad calls java.lang.System.nanoTime",
            "io.incipit.store.Ref calls java.lang.System.currentTimeMillis");
    assertThat(classes.badUses("cli", "server", SERVER_FRONT))
        .containsExactly("io.incipit.cli.Nosy uses io.incipit.server.Wiring");
  }

  private static List<Path> modules() {
    var modules = House.modules().map(m -> m.resolve("target/classes")).toList();
    assertThat(modules).isNotEmpty().allMatch(Files::isDirectory, "is compiled");
    return modules;
  }

  private static Set<String> packages() throws IOException {
    var packages = new TreeSet<String>();
    for (var module : House.modules().toList()) {
      var sources = module.resolve("src/main/java");
      try (var files = Files.walk(sources.resolve("io/incipit"))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .map(file -> sources.resolve("io/incipit").relativize(file.getParent()).toString())
            .forEach(name -> packages.add(name.replace('/', '.')));
      }
    }
    return packages;
  }

  private static Set<String> names(String cell) {
    if (cell.strip().equals("anything")) {
      return ANY;
    }
    var names = new TreeSet<String>();
    Pattern.compile("`([a-z.]+)`").matcher(cell).results().forEach(m -> names.add(m.group(1)));
    return names;
  }

  private static void compile(Path target, String... sources) throws IOException {
    var files = new TreeSet<Path>();
    for (var source : sources) {
      var name = source.replaceFirst("(?s).*? class (\\w+).*", "$1");
      var file = target.resolve(name + ".java");
      Files.writeString(file, source);
      files.add(file);
    }
    var arguments =
        Stream.concat(
                Stream.of("-proc:none", "-d", target.toString()),
                files.stream().map(Path::toString))
            .toArray(String[]::new);
    assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments)).isZero();
  }
}
