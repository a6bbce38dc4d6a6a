// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import io.incipit.quota.Quantity;
import io.incipit.tls.PemFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// The values of all settings, given or by default, read in their kinds.
final class Settings {
  private final Map<String, String> given;

  /// @throws IllegalArgumentException if a key does not exist
  Settings(Map<String, String> given) {
    this.given = new TreeMap<>(given);
    for (var key : this.given.keySet()) {
      if (Setting.find(key).isEmpty()) {
        throw new IllegalArgumentException(
            "%s: no such setting (%s)"
                .formatted(
                    key,
                    Setting.nearest(key)
                        .map(near -> "nearest: " + near)
                        .orElse("docs/configuration.md has all there are")));
      }
    }
  }

  String text(Setting setting) {
    return given.getOrDefault(setting.key(), setting.byDefault()).strip();
  }

  List<String> list(Setting setting) {
    return Arrays.stream(text(setting).split(","))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .toList();
  }

  /// A file or a directory, if one is named.
  Optional<Path> path(Setting setting) {
    return Optional.of(text(setting)).filter(path -> !path.isEmpty()).map(Path::of);
  }

  /// A file of TLS, if one is named.
  Optional<PemFile> pem(Setting setting) {
    return path(setting).map(path -> new PemFile(setting.key(), path));
  }

  int number(Setting setting) {
    return read(setting, Settings::parse);
  }

  private static Optional<Integer> parse(String text) {
    try {
      return Optional.of(Integer.parseInt(text));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  boolean flag(Setting setting) {
    return read(
        setting,
        text ->
            switch (text) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            });
  }

  long bytes(Setting setting) {
    return read(setting, Quantity::bytes);
  }

  Duration duration(Setting setting) {
    return read(setting, Quantity::duration);
  }

  <E extends Enum<E>> E choice(Setting setting, Class<E> type) {
    return read(
        setting,
        text ->
            Arrays.stream(type.getEnumConstants())
                .filter(value -> isCalled(value, text))
                .findFirst());
  }

  /// Constants are written in small letters, with dashes.
  private static boolean isCalled(Enum<?> value, String text) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text);
  }

  <T> T read(Setting setting, Function<String, Optional<T>> reader) {
    var text = text(setting);
    return reader
        .apply(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: %s (expected: %s)".formatted(setting.key(), text, form(setting))));
  }

  private static String form(Setting setting) {
    return switch (setting.kind()) {
      case "size" -> "a size such as 64KiB, 256MiB or 2GiB";
      case "duration" -> "a duration such as 250ms, 10s or 2min";
      case "number", "port" -> "a number";
      default -> setting.kind();
    };
  }
}
