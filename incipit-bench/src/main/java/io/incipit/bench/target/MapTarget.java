// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// One entry a block in a map of the JDK, walked block by block: what one writes first. At most 64
/// owners.
public final class MapTarget extends Local {
  private final Map<Long, Entry> map;
  private final Spans spans = new Spans();
  private int answered;

  private MapTarget(String name, Map<Long, Entry> map, int longest) {
    super(name, longest);
    this.map = map;
  }

  /// Over a `HashMap`.
  public static MapTarget hashMap(int longest) {
    return new MapTarget("hashmap", new HashMap<>(), longest);
  }

  /// Over a `ConcurrentHashMap`.
  public static MapTarget concurrent(int longest) {
    return new MapTarget("concurrent", new ConcurrentHashMap<>(), longest);
  }

  /// The same map, asked by another thread.
  public MapTarget beside() {
    return new MapTarget(name(), map, hashes.length);
  }

  @Override
  public boolean answers(Question question) {
    return question != Question.SCORE;
  }

  @Override
  public long ask(Question question) {
    return switch (question) {
      case LENGTH -> length();
      case HOLDERS -> holders();
      case SCORE -> throw new UnsupportedOperationException(name());
    };
  }

  private int length() {
    int i = 0;
    while (i < count && map.get(hashes[i]) != null) {
      i++;
    }
    answered = i;
    return i;
  }

  private long holders() {
    spans.begin();
    int i = 0;
    for (; i < count; i++) {
      var entry = map.get(hashes[i]);
      if (entry == null) {
        break;
      }
      spans.from(i, entry.owners);
    }
    spans.from(i, 0);
    answered = i;
    return (long) i << 32 | spans.count();
  }

  @Override
  public long digest(Question question) {
    return question == Question.LENGTH ? answered : answered + spans.digest();
  }

  @Override
  public void store(int owner) {
    for (int i = 0; i < count; i++) {
      var entry = map.get(hashes[i]);
      if (entry == null) {
        map.put(hashes[i], new Entry(1L << owner));
      } else {
        entry.owners |= 1L << owner;
      }
    }
  }

  @Override
  public void remove(int owner) {
    for (int i = 0; i < count; i++) {
      var entry = map.get(hashes[i]);
      if (entry != null) {
        entry.owners &= ~(1L << owner);
        if (entry.owners == 0) {
          map.remove(hashes[i]);
        }
      }
    }
  }

  private static final class Entry {
    private long owners;

    Entry(long owners) {
      this.owners = owners;
    }
  }
}
