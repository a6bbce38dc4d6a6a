// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// One entry a block in a map of the JDK, walked block by block: what one writes first. At most 64
/// owners.
///
/// Each kind of map has walks of its own, so that the compiler sees one class of map in each.
public abstract class MapTarget extends Local {
  private final Map<Long, Entry> map;
  private final Spans spans = new Spans();
  private int answered;

  private MapTarget(String name, Map<Long, Entry> map, int longest) {
    super(name, longest);
    this.map = map;
  }

  /// Over a `HashMap`.
  public static MapTarget hashMap(int longest) {
    return new OfHashMap(new HashMap<>(), longest);
  }

  /// Over a `ConcurrentHashMap`.
  public static MapTarget concurrent(int longest) {
    return new OfConcurrent(new ConcurrentHashMap<>(), longest);
  }

  /// The same map, asked by another thread.
  public abstract MapTarget beside();

  @Override
  public final boolean answers(Question question) {
    return question != Question.SCORE;
  }

  @Override
  public final long ask(Question question) {
    return switch (question) {
      case LENGTH -> {
        answered = length();
        yield answered;
      }
      case HOLDERS -> {
        spans.begin();
        answered = holders(spans);
        spans.from(answered, 0);
        yield (long) answered << 32 | spans.count();
      }
      case SCORE -> throw new UnsupportedOperationException(name());
    };
  }

  /// How many leading blocks are in the map.
  abstract int length();

  /// The same, each block's owners added to `spans`.
  abstract int holders(Spans spans);

  @Override
  public final long digest(Question question) {
    return question == Question.LENGTH ? answered : answered + spans.digest();
  }

  @Override
  public final void remove(int owner) {
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

  private static final class OfHashMap extends MapTarget {
    private final HashMap<Long, Entry> map;

    // Not a Map: the class that the calls see is what matters here.
    @SuppressWarnings("NonApiType")
    OfHashMap(HashMap<Long, Entry> map, int longest) {
      super("hashmap", map, longest);
      this.map = map;
    }

    @Override
    public MapTarget beside() {
      return new OfHashMap(map, hashes.length);
    }

    @Override
    int length() {
      int i = 0;
      while (i < count && map.get(hashes[i]) != null) {
        i++;
      }
      return i;
    }

    @Override
    int holders(Spans spans) {
      int i = 0;
      for (; i < count; i++) {
        var entry = map.get(hashes[i]);
        if (entry == null) {
          break;
        }
        spans.from(i, entry.owners);
      }
      return i;
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
  }

  private static final class OfConcurrent extends MapTarget {
    private final ConcurrentHashMap<Long, Entry> map;

    OfConcurrent(ConcurrentHashMap<Long, Entry> map, int longest) {
      super("concurrent", map, longest);
      this.map = map;
    }

    @Override
    public MapTarget beside() {
      return new OfConcurrent(map, hashes.length);
    }

    @Override
    int length() {
      int i = 0;
      while (i < count && map.get(hashes[i]) != null) {
        i++;
      }
      return i;
    }

    @Override
    int holders(Spans spans) {
      int i = 0;
      for (; i < count; i++) {
        var entry = map.get(hashes[i]);
        if (entry == null) {
          break;
        }
        spans.from(i, entry.owners);
      }
      return i;
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
  }
}
