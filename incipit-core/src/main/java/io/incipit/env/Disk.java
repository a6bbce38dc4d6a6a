// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;

/// Files. Every method blocks; thread-safe, while the streams that it opens are for one thread.
public interface Disk {
  /// The disks of this machine.
  static Disk system() {
    return SystemDisk.INSTANCE;
  }

  /// The standard output of this process, which throws what [System#out] swallows; closing it does
  /// nothing. Not buffered.
  static OutputStream standardOut() {
    return StandardFiles.out();
  }

  /// Opens a file from its first byte; what [#isReadOnce], from where it is. `-` is the standard
  /// input. Not buffered.
  ///
  /// @throws java.nio.file.NoSuchFileException if there is none
  InputStream openRead(Path path) throws IOException;

  /// Begins a file that takes the place of what has this name once it is whole. `-` is the standard
  /// output.
  ///
  /// @throws IOException if that cannot be; [#obstacle] says so before
  Draft draft(Path path) throws IOException;

  /// A file that grows at its end only. For one thread.
  interface Log extends Closeable {
    /// Its size in bytes.
    long bytes() throws IOException;

    /// Whether it has bytes, and the last of them is no line end.
    boolean isTorn() throws IOException;

    /// Adds bytes, perhaps fewer than there are.
    ///
    /// @return how many, by which the buffer's position has moved
    int append(ByteBuffer bytes) throws IOException;

    /// Whether its name still leads to it.
    boolean isInPlace();
  }

  /// Opens a file of lines to add to it; one that is not there is made, for its owner only (mode
  /// 0600, or fewer rights by the umask). A link is not followed.
  ///
  /// @throws IOException if that cannot be, or something else than a file has this name
  default Log log(Path path) throws IOException {
    throw new IOException(path + ": no such disk (expected: one that has logs)");
  }

  /// Gives a file another name, which another file may have had.
  ///
  /// @throws java.nio.file.NoSuchFileException if there is none
  default void move(Path from, Path to) throws IOException {
    throw new IOException(from + ": no such disk (expected: one that has logs)");
  }

  /// What a name should be instead, if nothing can be written there; empty if something can.
  default String obstacle(Path path) {
    return "";
  }

  /// Bytes for which there is room where a file would be, as far as anybody knows.
  default long freeBytes(Path path) {
    return Long.MAX_VALUE;
  }

  /// Whether what is written goes to the standard output, by whatever name.
  default boolean isStandardOut(Path path) {
    return path.toString().equals("-");
  }

  /// Whether writing the one file would change what is read from the other, by whatever names.
  default boolean overwrites(Path written, Path read) {
    return isSamePlace(written, read);
  }

  /// Whether two files that are written would be one.
  default boolean isSamePlace(Path one, Path other) {
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  /// Whether what is there can be read once only: a pipe, a terminal, the standard input.
  default boolean isReadOnce(Path path) {
    return false;
  }

  default boolean isDirectory(Path path) {
    return false;
  }

  boolean exists(Path path);

  /// Size of a file in bytes; 0 of what [#isReadOnce].
  ///
  /// @throws java.nio.file.NoSuchFileException if there is none
  long bytes(Path path) throws IOException;

  /// What the system says of a file beside its bytes; links are followed.
  ///
  /// @param bytes its size
  /// @param modifiedNs when it was written last: nanoseconds since 1970-01-01 UTC, as exact as the
  ///     system keeps them
  /// @param rights who may do what, as `chmod` has it, such as 0640; empty where there is no such
  ///     thing
  record Facts(long bytes, long modifiedNs, OptionalInt rights) {}

  /// What else is known of a file; by default its size only.
  ///
  /// @throws java.nio.file.NoSuchFileException if there is none
  default Facts facts(Path path) throws IOException {
    return new Facts(bytes(path), 0, OptionalInt.empty());
  }

  /// Opens a UTF-8 text file line by line.
  ///
  /// @throws java.nio.file.NoSuchFileException if there is none
  default BufferedReader openText(Path path) throws IOException {
    return new BufferedReader(new InputStreamReader(openRead(path), StandardCharsets.UTF_8));
  }

  /// Reads a whole UTF-8 text file; meant for small ones.
  default String readText(Path path) throws IOException {
    try (var in = openRead(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// Replaces a UTF-8 text file by `text`, whole or not at all.
  default void writeText(Path path, String text) throws IOException {
    try (var draft = draft(path)) {
      draft.out().write(text.getBytes(StandardCharsets.UTF_8));
      draft.keep();
    }
  }
}
