package herald.gateway.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds a password, which is read again for each connection: passwords that are changed
 * regularly are changed in such a file. Any thread.
 *
 * <p>HikariCP's own provider of credentials would serve the pools alone; the listener, which has a
 * driver of its own, and {@code herald check} have to connect with the new password too.
 */
public final class PasswordFile {
  private final Path path;
  private volatile String latest;

  /**
   * Reads the file.
   *
   * @throws IllegalArgumentException with one sentence when it can't be read, or is empty
   */
  public PasswordFile(Path path) {
    this.path = path;
    try {
      latest = Files.readString(path).strip();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the password file " + path + " can't be read (expected: a readable file)", e);
    }
    if (latest.isEmpty()) {
      throw new IllegalArgumentException(
          "the password file " + path + " is empty (expected: a file that holds the password)");
    }
  }

  /** What the file holds now; what it held before while it can't be read, or is empty. */
  String password() {
    try {
      String now = Files.readString(path).strip();
      if (!now.isEmpty()) {
        latest = now;
      }
    } catch (IOException e) {
      // It may be about to be replaced. If the old password is wrong, the database says so.
    }
    return latest;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PasswordFile that && path.equals(that.path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  /** The path, never what it holds. */
  @Override
  public String toString() {
    return path.toString();
  }
}
