// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The members of a JSON object that was posted, and of the one around it: what a query of a batch
/// does not say, all of them say. A member that is null is absent.
final class Body {
  private final Map<String, Object> members;
  private final @Nullable Body around;

  /// @param members texts, whole numbers ([Long] or [BigInteger]), [Double], [Boolean], [Numbers],
  ///     lists and objects ([Body])
  Body(Map<String, Object> members) {
    this(members, null);
  }

  private Body(Map<String, Object> members, @Nullable Body around) {
    this.members = members;
    this.around = around;
  }

  /// The same inside another.
  Body inside(Body outer) {
    return new Body(members, outer);
  }

  boolean has(String name) {
    return find(name) != null;
  }

  private @Nullable Object find(String name) {
    var value = members.get(name);
    return value == null && around != null ? around.find(name) : value;
  }

  private static RefusalException refusal(String name, @Nullable Object value, String expected) {
    var shown = value == null ? "absent" : shown(value);
    return new RefusalException(400, "%s: %s (expected: %s)".formatted(name, shown, expected));
  }

  private static String shown(Object value) {
    return switch (value) {
      case String text -> text.length() > 64 ? text.substring(0, 64) + "..." : text;
      case Number number -> number.toString();
      case Boolean flag -> flag.toString();
      case Body _ -> "an object";
      default -> "an array";
    };
  }

  /// A text; empty if it is absent.
  Optional<String> text(String name) {
    var value = find(name);
    if (value == null || value instanceof String) {
      return Optional.ofNullable((String) value);
    }
    throw refusal(name, value, "a text");
  }

  /// A text that has to be there.
  String required(String name) {
    return text(name)
        .filter(text -> !text.isEmpty())
        .orElseThrow(() -> refusal(name, null, "a text"));
  }

  /// The text by the first of some names that is there; empty if none is.
  String text(String name, String otherName) {
    return text(name).or(() -> text(otherName)).orElse("");
  }

  /// A whole number within bounds; empty if it is absent.
  OptionalInt number(String name, int min, int max) {
    var value = find(name);
    if (value == null) {
      return OptionalInt.empty();
    }
    if (value instanceof Long number && number >= min && number <= max) {
      return OptionalInt.of(number.intValue());
    }
    throw refusal(name, value, "a whole number from %d to %d".formatted(min, max));
  }

  /// A number of seconds; empty if it is absent.
  Optional<Double> seconds(String name, double max) {
    var value = find(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Number number && number.doubleValue() > 0 && number.doubleValue() <= max) {
      return Optional.of(number.doubleValue());
    }
    throw refusal(name, value, "seconds, more than 0 and at most %.0f".formatted(max));
  }

  /// A yes or no.
  boolean flag(String name, boolean byDefault) {
    var value = find(name);
    if (value == null) {
      return byDefault;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw refusal(name, value, "true or false");
  }

  /// A running engine's name, a text or a whole number; empty if it is absent.
  Optional<InstanceId> instance(String name) {
    var value = find(name);
    return value == null ? Optional.empty() : Optional.of(instance(name, value));
  }

  private static InstanceId instance(String name, Object value) {
    return switch (value) {
      case Long number -> InstanceId.of(number.toString(), true);
      case BigInteger number -> InstanceId.of(number.toString(), true);
      case String text -> InstanceId.of(text, false);
      default -> throw refusal(name, value, "a text or a whole number");
    };
  }

  /// Names of running engines; none if they are absent.
  List<InstanceId> instances(String name) {
    return list(name).stream().map(value -> instance(name, value)).toList();
  }

  /// The elements of an array; none if it is absent.
  private List<?> list(String name) {
    var value = find(name);
    return switch (value) {
      case null -> List.of();
      case Numbers numbers -> Arrays.stream(numbers.toArray()).boxed().toList();
      case List<?> list -> list;
      default -> throw refusal(name, value, "an array");
    };
  }

  /// Objects inside this one; none if they are absent.
  List<Body> bodies(String name) {
    return list(name).stream()
        .map(
            value -> {
              if (value instanceof Body body) {
                return body.inside(this);
              }
              throw refusal(name, value, "objects");
            })
        .toList();
  }

  /// Whole numbers; empty if they are absent.
  Optional<Numbers> numbers(String name, String expected) {
    var value = find(name);
    return switch (value) {
      case null -> Optional.empty();
      case Numbers numbers -> Optional.of(numbers);
      case List<?> list when list.isEmpty() -> Optional.of(new Numbers());
      default -> throw refusal(name, value, expected);
    };
  }

  /// Whether an array has texts in it.
  boolean isTexts(String name) {
    return find(name) instanceof List<?> list && !list.isEmpty();
  }

  /// Hashes: numbers, or texts as which they are written; none if they are absent.
  List<?> hashes(String name) {
    return list(name);
  }

  /// The ids of a prompt's tokens, each in 32 bits; empty if they are absent.
  Optional<int[]> tokens(String name) {
    return numbers(name, "an array of whole numbers").map(numbers -> tokens(name, numbers));
  }

  private static int[] tokens(String name, Numbers numbers) {
    var tokens = new int[numbers.count()];
    for (int i = 0; i < tokens.length; i++) {
      long token = numbers.get(i);
      if (token >>> Integer.SIZE != 0) {
        throw refusal(name + "[" + i + "]", token, "0 to 4294967295");
      }
      tokens[i] = (int) token;
    }
    return tokens;
  }
}
