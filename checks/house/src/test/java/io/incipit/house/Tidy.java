// SPDX-License-Identifier: Apache-2.0
package io.incipit.house;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/// The refusals of the house style, held against a tree of sources. Each offence is a line
/// `file:line: what is wrong`, sorted.
final class Tidy {
  static final int CLASS_LINES_MAX = 800;
  static final int METHOD_LINES_MAX = 70;
  static final int PACKAGE_FILES_MAX = 25;
  static final int COLUMNS_MAX = 100;

  private static final Set<String> NOT_OURS =
      Set.of(".git", ".idea", ".venv", "__pycache__", "node_modules", "target", "vendor");
  private static final Pattern SOURCE = Pattern.compile(".*\\.(java|sh|py|js|css|html|xml)");
  private static final Pattern SPDX = Pattern.compile("SPDX-License-Identifier: Apache-2\\.0");
  // In two parts, or this line would offend.
  private static final Pattern LEFTOVER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s#]+)(?:#[^)\\s]*)?\\)");

  private final Path root;
  private final TreeSet<String> offences = new TreeSet<>();

  private Tidy(Path root) {
    this.root = root;
  }

  static Set<String> offences(Path root) throws IOException {
    var tidy = new Tidy(root);
    tidy.check();
    return tidy.offences;
  }

  private void check() throws IOException {
    var files = files();
    for (var file : files) {
      var lines = Files.readAllLines(file);
      if (isSource(file, lines)) {
        checkLines(file, lines);
      } else if (file.toString().endsWith(".md")) {
        checkLinks(file, lines);
      }
    }
    var java = files.stream().filter(file -> file.toString().endsWith(".java")).toList();
    checkPackages(java);
    checkSizes(java);
  }

  private static boolean isSource(Path file, List<String> lines) {
    return SOURCE.matcher(file.toString()).matches()
        || (!lines.isEmpty() && lines.getFirst().startsWith("#!"));
  }

  private void checkLines(Path file, List<String> lines) {
    var top = String.join("\n", lines.subList(0, Math.min(3, lines.size())));
    if (!SPDX.matcher(top).find()) {
      offend(file, 1, "no SPDX-License-Identifier line at the top");
    }
    var java = file.toString().endsWith(".java");
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      if (LEFTOVER.matcher(line).find()) {
        offend(file, i + 1, "leftover note: " + line.strip());
      }
      var columns = line.codePointCount(0, line.length());
      if (java && columns > COLUMNS_MAX && !line.startsWith("import ") && !line.contains("://")) {
        offend(file, i + 1, "line of %d columns (max %d)".formatted(columns, COLUMNS_MAX));
      }
    }
  }

  private void checkLinks(Path file, List<String> lines) {
    var fenced = false;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().startsWith("```")) {
        fenced = !fenced;
      }
      var link = LINK.matcher(fenced ? "" : lines.get(i));
      while (link.find()) {
        var target = link.group(1);
        if (!target.matches("[a-z]+:.*") && !Files.exists(file.resolveSibling(target))) {
          offend(file, i + 1, "dead link: " + target);
        }
      }
    }
  }

  private void checkPackages(List<Path> java) {
    var counts = new TreeMap<Path, Integer>();
    java.forEach(file -> counts.merge(file.getParent(), 1, Integer::sum));
    counts.forEach(
        (directory, count) -> {
          if (count > PACKAGE_FILES_MAX) {
            var what = "package of %d files (max %d)".formatted(count, PACKAGE_FILES_MAX);
            offend(directory, 1, what);
          }
          if (directory.toString().contains("/src/main/java/")
              && !Files.exists(directory.resolve("package-info.java"))) {
            offend(directory, 1, "no package-info.java");
          }
        });
  }

  private void checkSizes(List<Path> java) throws IOException {
    if (java.isEmpty()) {
      return;
    }
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      var sources = manager.getJavaFileObjectsFromPaths(java);
      var task = (JavacTask) compiler.getTask(null, manager, _ -> {}, null, null, sources);
      var positions = Trees.instance(task).getSourcePositions();
      for (var unit : task.parse()) {
        new Sizes(unit, positions).scan(unit, null);
      }
    }
  }

  private List<Path> files() throws IOException {
    var files = new ArrayList<Path>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return NOT_OURS.contains(String.valueOf(directory.getFileName()))
                    && !isPackage(directory)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && isText(file)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  /// A package may have the name of what is not ours: `bench.target`.
  private static boolean isPackage(Path directory) {
    return directory.toString().contains("/src/main/java/");
  }

  /// True for what we write by hand: known suffixes, and scripts, which have none.
  private static boolean isText(Path file) {
    var name = String.valueOf(file.getFileName());
    var script = !name.contains(".") && Files.isExecutable(file);
    return script || name.endsWith(".md") || SOURCE.matcher(name).matches();
  }

  private void offend(Path file, long line, String what) {
    offences.add("%s:%d: %s".formatted(root.relativize(file), line, what));
  }

  /// Measures the classes and methods of one file.
  private final class Sizes extends TreeScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;

    Sizes(CompilationUnitTree unit, SourcePositions positions) {
      this.unit = unit;
      this.positions = positions;
    }

    @Override
    public Void visitClass(ClassTree type, Void unused) {
      measure(type, "class " + type.getSimpleName(), CLASS_LINES_MAX);
      return super.visitClass(type, null);
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
      measure(method, "method " + method.getName(), METHOD_LINES_MAX);
      return super.visitMethod(method, null);
    }

    private void measure(Tree tree, String what, int linesMax) {
      var map = unit.getLineMap();
      var first = map.getLineNumber(positions.getStartPosition(unit, tree));
      var end = positions.getEndPosition(unit, tree);
      var lines = end < 0 ? 0 : map.getLineNumber(end) - first + 1;
      if (lines > linesMax) {
        var file = Path.of(unit.getSourceFile().toUri());
        offend(file, first, "%s of %d lines (max %d)".formatted(what, lines, linesMax));
      }
    }
  }
}
