package herald.benchmarks.servers;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Finds programs that may be installed on this machine. */
final class Programs {
  private Programs() {}

  /** The first program of this name in the directories of a search path. */
  static Optional<Path> find(String name, String searchPath) {
    return Arrays.stream(searchPath.split(File.pathSeparator, -1))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, name))
        .filter(Programs::isProgram)
        .findFirst();
  }

  /** The variable PATH. */
  static String searchPath() {
    return System.getenv().getOrDefault("PATH", "");
  }

  static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
