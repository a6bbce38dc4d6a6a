// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A draft of a file of its own. What is open when the process ends is dropped.
final class FileDraft implements Draft {
  private static final int NAME_CHARACTERS_MAX = 50;
  private static final Set<FileDraft> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> OPEN.forEach(FileDraft::close), "incipit-drafts"));
  }

  private final Path place;
  private final Path beside;
  private final FileChannel channel;
  private final OutputStream out;

  /// Guarded by this draft: a process that ends drops from another thread.
  private boolean ended;

  private FileDraft(Path place, Path beside, FileChannel channel) {
    this.place = place;
    this.beside = beside;
    this.channel = channel;
    this.out = Channels.newOutputStream(channel);
  }

  /// Begins a file.
  ///
  /// @param place its name, with links resolved
  static FileDraft of(Path place) throws IOException {
    var name = String.valueOf(place.getFileName());
    var shown = name.substring(0, Math.min(NAME_CHARACTERS_MAX, name.length()));
    long number = RandomSource.system().fresh();
    var beside = place.resolveSibling("." + shown + "." + Long.toHexString(number) + ".part");
    var channel = FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    var draft = new FileDraft(place, beside, channel);
    OPEN.add(draft);
    return draft;
  }

  @Override
  public OutputStream out() {
    return out;
  }

  @Override
  public synchronized void keep() throws IOException {
    if (ended) {
      throw new IOException("dropped before it was whole");
    }
    if (channel.isOpen()) {
      channel.force(true);
      channel.close();
    }
    if (Files.exists(place)) {
      Files.setPosixFilePermissions(beside, Files.getPosixFilePermissions(place));
    }
    Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE);
    ended = true;
    OPEN.remove(this);
  }

  @Override
  public synchronized void close() {
    if (ended) {
      return;
    }
    ended = true;
    OPEN.remove(this);
    try (channel) {
      Files.deleteIfExists(beside);
    } catch (IOException _) {
      // Its name says that it is a part; there is nobody left to tell.
    }
  }
}
