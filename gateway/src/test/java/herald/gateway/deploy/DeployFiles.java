package herald.gateway.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files of {@code deploy/}. The tests run in {@code gateway/}. */
public final class DeployFiles {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private DeployFiles() {}

  /** A file of the repository. */
  static Path inRepository(String path) {
    return ROOT.resolve(path);
  }

  /** A file of {@code deploy/}. */
  static Path path(String path) {
    return ROOT.resolve("deploy").resolve(path);
  }

  /** The text of a file of {@code deploy/}. */
  public static String text(String path) throws IOException {
    return Files.readString(path(path));
  }

  /** All files below a folder of {@code deploy/}; below all of it for the empty name. */
  static List<Path> below(String folder) throws IOException {
    try (Stream<Path> files = Files.walk(path(folder))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The documents of a YAML file. */
  static List<Object> yaml(Path file) throws IOException {
    return yaml(Files.readString(file));
  }

  /** The documents of YAML text. */
  static List<Object> yaml(String text) {
    List<Object> documents = new ArrayList<>();
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    yaml.loadAll(text).forEach(documents::add);
    return documents;
  }

  /** What is found in nested maps and lists by names and, in lists, numbers. */
  static Object at(Object node, Object... path) {
    Object found = node;
    for (Object step : path) {
      Object next =
          step instanceof Integer index
              ? ((List<?>) found).get(index)
              : ((Map<?, ?>) found).get(step);
      if (next == null) {
        throw new AssertionError(List.of(path) + " is not there (missing: " + step + ")");
      }
      found = next;
    }
    return found;
  }
}
