package herald.benchmarks.commands;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Chooses a program that may be installed. */
final class InstalledProgram {
  private InstalledProgram() {}

  /**
   * The program, if there is one.
   *
   * @param named by the option; null if none is
   * @param installed where it was found
   * @param progress told {@code lack} if there is none
   */
  static Optional<Path> choose(
      @Nullable Path named, Optional<Path> installed, String lack, Consumer<String> progress) {
    Optional<Path> chosen = named == null ? installed : Optional.of(named);
    if (chosen.isEmpty()) {
      progress.accept(lack);
    }
    return chosen.map(Path::toAbsolutePath);
  }
}
