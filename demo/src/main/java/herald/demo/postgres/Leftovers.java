package herald.demo.postgres;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * Clears away the servers and directories of processes that were killed. One process at a time does
 * so, held by a file lock, and one thread at a time in it, since a file lock is the process's: two
 * that start together would otherwise stop and delete the same server.
 */
final class Leftovers {
  private Leftovers() {}

  /** Removes what can be removed, and tells what can't: that keeps no server from starting. */
  static void remove(PostgresBinaries binaries, Consumer<String> progress) throws IOException {
    synchronized (Leftovers.class) {
      try (FileChannel file =
          FileChannel.open(
              binaries.lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        // Held until the channel is closed.
        file.lock();
        for (DatabaseDirectory abandoned : DatabaseDirectory.abandoned()) {
          remove(binaries, abandoned, progress);
        }
      }
    }
  }

  private static void remove(
      PostgresBinaries binaries, DatabaseDirectory abandoned, Consumer<String> progress) {
    progress.accept("removing " + abandoned + ", left by a process that was killed");
    try {
      new DatabaseServer(binaries, abandoned).stopLeftover();
      abandoned.delete();
    } catch (IOException e) {
      progress.accept(abandoned + " stays: " + e.getMessage());
    }
  }
}
