// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

/// One slot a block in a primitive table, scanned block by block.
public final class FlatTarget extends Local {
  private final BlockTable table = new BlockTable();
  private final Spans spans = new Spans();
  private int answered;

  /// An empty one, for chains of at most `longest` blocks.
  public FlatTarget(int longest) {
    super("flat", longest);
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
    while (i < count && table.owners(hashes[i]) != 0) {
      i++;
    }
    answered = i;
    return i;
  }

  private long holders() {
    spans.begin();
    int i = 0;
    for (; i < count; i++) {
      long owners = table.owners(hashes[i]);
      if (owners == 0) {
        break;
      }
      spans.from(i, owners);
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
      table.add(hashes[i], 1L << owner);
    }
  }

  @Override
  public void remove(int owner) {
    for (int i = 0; i < count; i++) {
      table.remove(hashes[i], 1L << owner);
    }
  }
}
