package herald.gateway.commands;

import herald.gateway.config.DatabaseUrl;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Options in a file, in the format of Java's properties, as UTF-8: {@code max-batch = 500}.
 * Immutable. No message quotes a value, which may be a secret.
 */
final class ConfigFile {
  /** Their URLs may have a password. */
  static final List<String> DATABASES = List.of("database", "read-database");

  private final Path path;
  private final Properties values;

  private ConfigFile(Path path, Properties values) {
    this.path = path;
    this.values = values;
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException with one sentence that names the file
   */
  static ConfigFile read(Path path) {
    OnceEach values = new OnceEach();
    try {
      values.load(new StringReader(Files.readString(path)));
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          "there is no configuration file " + path + " (expected: one that can be read)", e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "the configuration file " + path + " is no text in UTF-8", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the configuration file "
              + path
              + " can't be read (expected: a file that this user may"
              + " read)",
          e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the configuration file "
              + path
              + " has a \\u without four hexadecimal digits (expected:"
              + " a backslash itself written as \\\\)",
          e);
    }
    if (values.repeated != null) {
      throw new IllegalArgumentException(
          "the configuration file " + path + " sets " + values.repeated + " twice");
    }
    return new ConfigFile(path, values);
  }

  /** Notices a name that is set again, which the format allows. */
  private static final class OnceEach extends Properties {
    private static final long serialVersionUID = 1;

    private @Nullable String repeated;

    @Override
    public synchronized @Nullable Object put(Object name, Object value) {
      Object before = super.put(name, value.toString().strip());
      if (before != null) {
        repeated = name.toString();
      }
      return before;
    }
  }

  /** The value of an option, named without its dashes; null if the file does not have it. */
  @Nullable String value(String name) {
    return values.getProperty(name);
  }

  /** What the file sets. */
  Set<String> names() {
    return new TreeSet<>(values.stringPropertyNames());
  }

  /**
   * A warning in one sentence if every user of the machine can read a password in it; else null.
   */
  @Nullable String exposure() {
    if (!holdsPassword()) {
      return null;
    }
    try {
      return Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ)
          ? "the configuration file "
              + path
              + " holds a password and can be read by every user (expected: chmod o-r, or"
              + " database-password-file)"
          : null;
    } catch (IOException | UnsupportedOperationException e) {
      // Where nobody can tell, nothing is said.
      return null;
    }
  }

  private boolean holdsPassword() {
    return DATABASES.stream()
        .map(values::getProperty)
        .anyMatch(url -> url != null && !DatabaseUrl.withoutPassword(url).equals(url));
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
