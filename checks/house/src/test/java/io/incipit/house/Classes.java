// SPDX-License-Identifier: Apache-2.0
package io.incipit.house;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;

/// Compiled classes, and what they import and call. Each answer is a set of sentences, one per
/// offence.
final class Classes {
  private static final String OURS = "io.incipit.";

  /// Written by JMH, from a benchmark that is itself looked at.
  private static final String GENERATED = ".jmh_generated";

  private static final Pattern EDGE = Pattern.compile("(?m)^ {3}(\\S+) +-> (\\S+) ");

  private final List<Path> directories;

  Classes(List<Path> directories) {
    this.directories = directories;
  }

  /// Imports that neither table allows. One run of `jdeps`.
  Set<String> badImports(Map<String, Set<String>> mayImport, Map<String, Set<String>> walls) {
    var bad = new TreeSet<String>();
    EDGE.matcher(jdeps())
        .results()
        .filter(edge -> edge.group(1).startsWith(OURS) && !edge.group(1).endsWith(GENERATED))
        .forEach(edge -> judge(edge.group(1), edge.group(2), mayImport, walls, bad));
    return bad;
  }

  /// Imports that the table allows and nobody has, holes in a wall. One run of `jdeps`.
  Set<String> unusedImports(Map<String, Set<String>> mayImport) {
    var unused = new TreeSet<String>();
    mayImport.forEach(
        (from, all) ->
            all.stream()
                .filter(to -> !to.equals("*"))
                .forEach(to -> unused.add(OURS + from + " -> " + OURS + to)));
    EDGE.matcher(jdeps())
        .results()
        .forEach(edge -> unused.remove(edge.group(1) + " -> " + edge.group(2)));
    return unused;
  }

  /// Calls and method references that the table keeps for `env` and the packages that it names.
  Set<String> badCalls(Map<String, Set<String>> calls) throws IOException {
    var bad = new TreeSet<String>();
    eachMember(
        (user, member) -> {
          var owner = member.owner().asInternalName();
          var allowed =
              calls.getOrDefault(
                  owner + "." + member.name().stringValue(), calls.get(owner + ".*"));
          if (allowed != null && !allowed(user, allowed)) {
            var call = owner.replace('/', '.') + "." + member.name().stringValue();
            bad.add(user + " calls " + call);
          }
        });
    return bad;
  }

  /// Uses, by `from`, of types of the package `to` that do not belong to its front.
  Set<String> badUses(String from, String to, Set<String> front) throws IOException {
    var bad = new TreeSet<String>();
    for (var model : models()) {
      var user = name(model.thisClass());
      if (!packageOf(user).equals(OURS + from)) {
        continue;
      }
      for (var used : typesIn(model, OURS + to + ".")) {
        var type = used.substring(OURS.length() + to.length() + 1).split("\\$", 2)[0];
        if (packageOf(used).equals(OURS + to) && !front.contains(type)) {
          bad.add(user + " uses " + used);
        }
      }
    }
    return bad;
  }

  private static void judge(
      String from,
      String to,
      Map<String, Set<String>> mayImport,
      Map<String, Set<String>> walls,
      Set<String> bad) {
    var allowed = mayImport.get(from.substring(OURS.length()));
    if (allowed == null) {
      bad.add(from + " is not in the table");
    } else if (to.startsWith(OURS)) {
      if (!allowed.contains("*") && !allowed.contains(to.substring(OURS.length()))) {
        bad.add(from + " -> " + to);
      }
    } else {
      walls.forEach(
          (wall, only) -> {
            if ((to + ".").startsWith(wall + ".")
                && !only.contains(from.substring(OURS.length()))) {
              bad.add(from + " -> " + to + " (only in " + new TreeSet<>(only) + ")");
            }
          });
    }
  }

  private static boolean allowed(String user, Set<String> packages) {
    var ours = packageOf(user).substring(OURS.length());
    return ours.equals("env")
        || packages.stream().anyMatch(p -> ours.equals(p) || ours.startsWith(p + "."));
  }

  private String jdeps() {
    var out = new StringWriter();
    var arguments = new ArrayList<>(List.of("-verbose:package"));
    directories.forEach(directory -> arguments.add(directory.toString()));
    var failed = new StringWriter();
    var code =
        ToolProvider.findFirst("jdeps")
            .orElseThrow()
            .run(new PrintWriter(out), new PrintWriter(failed), arguments.toArray(String[]::new));
    if (code != 0) {
      throw new IllegalStateException("jdeps failed: " + failed + out);
    }
    return out.toString();
  }

  private void eachMember(BiConsumer<String, MemberRefEntry> visitor) throws IOException {
    for (var model : models()) {
      var user = name(model.thisClass());
      if (packageOf(user).startsWith(OURS) && !packageOf(user).endsWith(GENERATED)) {
        for (var entry : model.constantPool()) {
          if (entry instanceof MemberRefEntry member) {
            visitor.accept(user, member);
          }
        }
      }
    }
  }

  /// The types of a package that a class names: in its constants and in its descriptors.
  private static Set<String> typesIn(ClassModel model, String prefix) {
    var types = new TreeSet<String>();
    var named = Pattern.compile("L(" + Pattern.quote(prefix.replace('.', '/')) + "[^;<]+)[;<]");
    for (var entry : model.constantPool()) {
      if (entry instanceof ClassEntry type && name(type).startsWith(prefix)) {
        types.add(name(type));
      } else if (entry instanceof Utf8Entry text) {
        named
            .matcher(text.stringValue())
            .results()
            .forEach(match -> types.add(match.group(1).replace('/', '.')));
      }
    }
    return types;
  }

  private List<ClassModel> models() throws IOException {
    var models = new ArrayList<ClassModel>();
    for (var directory : directories) {
      try (var files = Files.walk(directory)) {
        for (var file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
          if (!file.endsWith("module-info.class")) {
            models.add(ClassFile.of().parse(file));
          }
        }
      }
    }
    return models;
  }

  private static String name(ClassEntry type) {
    return type.asInternalName().replace('/', '.');
  }

  private static String packageOf(String type) {
    return type.substring(0, Math.max(0, type.lastIndexOf('.')));
  }
}
