// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.policy.PoolConfig;
import java.util.Optional;
import java.util.regex.Pattern;

/// A size of cache as people write it: blocks (`5000`, `5k`, `2M`), a share of the different blocks
/// of the trace (`5%`), or bytes for a model (`64GiB`, `64GiB@llama-3-70b`).
public sealed interface Capacity {
  /// Reads one.
  ///
  /// @param model for bytes that do not name one themselves
  /// @throws IllegalArgumentException if it is none
  static Capacity parse(String text, Optional<KvModel> model) {
    return CapacityText.parse(text, model);
  }

  /// How many blocks that is, at least 1 and at most [PoolConfig#CAPACITY_MAX].
  ///
  /// @param distinct different blocks of the trace
  int blocks(long distinct, int blockTokens);

  private static int clamp(double blocks) {
    return (int) Math.clamp(blocks, 1, PoolConfig.CAPACITY_MAX);
  }

  /// So many blocks.
  record Blocks(String text, long count) implements Capacity {
    @Override
    public int blocks(long distinct, int blockTokens) {
      return clamp((double) count);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// A part of the different blocks.
  record Share(String text, double percent) implements Capacity {
    @Override
    public int blocks(long distinct, int blockTokens) {
      return clamp(Math.rint(distinct * percent / 100));
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// What fits into so many bytes.
  record Bytes(String text, double bytes, KvModel model) implements Capacity {
    @Override
    public int blocks(long distinct, int blockTokens) {
      return clamp(Math.floor(bytes / ((double) model.tokenBytes() * blockTokens)));
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// Reads capacities.
  final class CapacityText {
    private static final Pattern BLOCKS = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)([kM]?)");
    private static final Pattern SHARE = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,9})?)%");
    private static final Pattern BYTES =
        Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)([MGT])iB(?:@(.+))?");

    private CapacityText() {}

    private static Capacity parse(String text, Optional<KvModel> model) {
      var blocks = BLOCKS.matcher(text);
      var share = SHARE.matcher(text);
      var bytes = BYTES.matcher(text);
      Optional<Capacity> capacity = Optional.empty();
      if (blocks.matches()) {
        double unit = blocks.group(2).equals("k") ? 1e3 : blocks.group(2).equals("M") ? 1e6 : 1;
        long count = Math.round(Double.parseDouble(blocks.group(1)) * unit);
        capacity = count < 1 ? capacity : Optional.of(new Blocks(text, count));
      } else if (share.matches()) {
        double percent = Double.parseDouble(share.group(1));
        capacity = percent == 0 || percent > 100 ? capacity : Optional.of(new Share(text, percent));
      } else if (bytes.matches()) {
        int power = 20 + 10 * "MGT".indexOf(bytes.group(2));
        double size = Math.scalb(Double.parseDouble(bytes.group(1)), power);
        var named = Optional.ofNullable(bytes.group(3)).map(KvModel::parse).or(() -> model);
        capacity = named.map(its -> new Bytes(text, size, its));
      }
      return capacity.orElseThrow(
          () ->
              new IllegalArgumentException(
                  "capacity: %s (expected: blocks such as 5k, a share such as 5%%, or bytes for a"
                          .formatted(text)
                      + " model such as 64GiB@llama-3-8b)"));
    }
  }
}
