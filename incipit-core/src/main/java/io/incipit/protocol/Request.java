// SPDX-License-Identifier: Apache-2.0
package io.incipit.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The words of one request, as stretches of the bytes they came in. Valid until those bytes
/// change; filled by [RequestParser] and used again for the next request. For one thread.
public final class Request {
  private static final int SPANS_KEPT = 1_024;

  private byte[] bytes = new byte[0];
  private int base;
  private int frameBytes;
  private int count;
  private int[] spans = new int[32];

  /// A request of no words.
  public Request() {}

  void clear() {
    count = 0;
  }

  /// Adds a word; `offset` counts from where the frame starts.
  void add(int offset, int length) {
    if (2 * count == spans.length) {
      spans = Arrays.copyOf(spans, 2 * spans.length);
    }
    spans[2 * count] = offset;
    spans[2 * count + 1] = length;
    count++;
  }

  /// Moves all words by `bytes` towards the end of the frame.
  void move(int bytes) {
    for (int i = 0; i < count; i++) {
      spans[2 * i] += bytes;
    }
  }

  void bind(byte[] bytes, int base, int frameBytes) {
    this.bytes = bytes;
    this.base = base;
    this.frameBytes = frameBytes;
  }

  /// Copies the bytes of the frame, so that the request and what is decoded from it outlive the
  /// ones they came in.
  public void detach() {
    bytes = copyFrame();
    base = 0;
  }

  /// A copy of the bytes of the frame, from which it can be parsed again.
  public byte[] copyFrame() {
    return Arrays.copyOfRange(bytes, base, base + frameBytes);
  }

  /// Bytes of the frame, its framing included.
  public int frameBytes() {
    return frameBytes;
  }

  /// Gives back what a request of very many words has left. The request is empty then.
  public void shrink() {
    if (spans.length > SPANS_KEPT) {
      spans = new int[SPANS_KEPT];
      count = 0;
    }
  }

  /// Words, the command's name included; zero for an empty line.
  public int count() {
    return count;
  }

  /// The array that holds the words.
  public byte[] bytes() {
    return bytes;
  }

  /// Where word `i` starts in [#bytes].
  public int offset(int i) {
    return base + spans[2 * i];
  }

  /// Bytes of word `i`.
  public int length(int i) {
    return spans[2 * i + 1];
  }

  /// Word `i` as text; what is not UTF-8 is replaced.
  public String text(int i) {
    return new String(bytes, offset(i), length(i), StandardCharsets.UTF_8);
  }

  /// Word `i` as text; `known` itself if that is what it says, which makes nothing.
  ///
  /// @param known ASCII
  String text(int i, String known) {
    if (length(i) != known.length()) {
      return text(i);
    }
    for (int at = 0; at < known.length(); at++) {
      if (bytes[offset(i) + at] != known.charAt(at)) {
        return text(i);
      }
    }
    return known;
  }

  /// A copy of word `i`.
  public byte[] copy(int i) {
    return Arrays.copyOfRange(bytes, offset(i), offset(i) + length(i));
  }

  /// Whether word `i` is `word`, in any case.
  ///
  /// @param word ASCII capitals
  public boolean is(int i, String word) {
    if (length(i) != word.length()) {
      return false;
    }
    for (int at = 0; at < word.length(); at++) {
      int letter = bytes[offset(i) + at];
      if (letter != word.charAt(at)
          && (letter < 'a' || letter > 'z' || letter - 32 != word.charAt(at))) {
        return false;
      }
    }
    return true;
  }
}
