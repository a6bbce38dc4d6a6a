// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

/// A positional index with jump search: our own implementation of the published idea of NVIDIA
/// Dynamo's `PositionalIndexer`, with its documented stride.
///
/// A table maps position and hash to owners. A look-up jumps ahead by [#STRIDE] blocks as long as
/// the owners stay the same, and scans a stretch block by block only where they do not. Generous to
/// the idea: primitive arrays, no locks, chained hashes given and not computed, no table of each
/// owner's blocks. It trusts its jumps, so an owner that lost blocks in the middle is credited with
/// them; the workloads here have no such owner.
public final class PositionalTarget extends Local {
  private static final int STRIDE = 32;
  private static final long BY_POSITION = 0xD6E8_FEB8_6659_FD93L;

  private final BlockTable table = new BlockTable();
  private final Spans spans = new Spans();
  private int first;
  private int answered;

  /// An empty one, for chains of at most `longest` blocks.
  public PositionalTarget(int longest) {
    super("positional", longest);
  }

  @Override
  public void takeNew(Chains chains, int i, int known) {
    super.takeNew(chains, i, known);
    first = known;
  }

  @Override
  public void takeOld(Chains chains, int i, int from, int to) {
    super.takeOld(chains, i, from, to);
    first = from;
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

  private static long key(int position, long hash) {
    return hash ^ position * BY_POSITION;
  }

  private long owners(int position) {
    return table.owners(key(position, hashes[position]));
  }

  private int length() {
    int at = count > 0 && owners(0) != 0 ? 0 : -1;
    while (at >= 0 && at < count - 1) {
      int jump = Math.min(at + STRIDE, count - 1);
      if (owners(jump) == 0) {
        do {
          at++;
        } while (at < jump && owners(at) != 0);
        at--;
        break;
      }
      at = jump;
    }
    answered = at + 1;
    return answered;
  }

  private long holders() {
    spans.begin();
    answered = 0;
    long owners = count > 0 ? owners(0) : 0;
    spans.from(0, owners);
    int at = 0;
    while (owners != 0 && at < count - 1) {
      int jump = Math.min(at + STRIDE, count - 1);
      if (owners(jump) != owners) {
        while (at < jump && owners != 0) {
          owners = owners(++at);
          spans.from(at, owners);
        }
      } else {
        at = jump;
      }
    }
    answered = owners == 0 ? at : count;
    spans.from(answered, 0);
    return (long) answered << 32 | spans.count();
  }

  @Override
  public long digest(Question question) {
    return question == Question.LENGTH ? answered : answered + spans.digest();
  }

  @Override
  public void store(int owner) {
    for (int i = 0; i < count; i++) {
      table.add(key(first + i, hashes[i]), 1L << owner);
    }
  }

  @Override
  public void remove(int owner) {
    for (int i = 0; i < count; i++) {
      table.remove(key(first + i, hashes[i]), 1L << owner);
    }
  }
}
