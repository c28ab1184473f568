package herald.gateway.contract;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code docs/asyncapi.yaml}. The tests run in {@code gateway/}. */
final class AsyncApiDocument {
  /** What references within it begin with. */
  static final String NAME = "urn:asyncapi";

  private static final Path FILE = Path.of("../docs/asyncapi.yaml");
  private static final Gson GSON = new GsonBuilder().serializeNulls().create();

  private AsyncApiDocument() {}

  /** As maps and lists. */
  static Map<?, ?> root() {
    try {
      Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
      return yaml.load(Files.readString(FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As JSON. */
  static String json() {
    return json(root());
  }

  /** Its components alone, which all references are to: the rest is no JSON Schema. */
  static String components() {
    return json(Map.of("components", Objects.requireNonNull(root().get("components"))));
  }

  /** A part of it as JSON. */
  static String json(@Nullable Object part) {
    return GSON.toJson(part);
  }
}
