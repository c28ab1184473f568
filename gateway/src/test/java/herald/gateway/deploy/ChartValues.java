package herald.gateway.deploy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values of the Helm chart, with the comments that describe them in {@code values.yaml}, as the
 * table of its README and as the JSON schema that Helm checks them against.
 */
final class ChartValues {
  private static final Pattern LINE = Pattern.compile("( *)([A-Za-z-]+):(.*)");

  /** Maps and lists that the chart passes on, whatever is in them. */
  private static final List<String> FREE =
      List.of("resources", "relay.resources", "affinity", "httpRoute.timeouts");

  /** Maps from the names of a command's options to texts. */
  private static final List<String> OPTIONS = List.of("options", "relay.options");

  private static final Map<String, List<String>> CHOICES =
      Map.of(
          "image.pullPolicy", List.of("Always", "IfNotPresent", "Never"),
          "stream.secretKey", List.of("password", "token", "nats.creds"),
          "service.type", List.of("ClusterIP", "NodePort", "LoadBalancer"));

  /** What an option is called and described as. */
  record Option(String name, String description) {}

  private final Map<String, Object> values;
  private final Map<String, String> comments = new LinkedHashMap<>();

  ChartValues() throws IOException {
    values = map(DeployFiles.yaml(DeployFiles.path("helm/herald/values.yaml")).get(0));
    readComments(DeployFiles.text("helm/herald/values.yaml"));
  }

  @SuppressWarnings("unchecked") // names in YAML are texts
  private static Map<String, Object> map(Object node) {
    return (Map<String, Object>) node;
  }

  private void readComments(String text) {
    List<String> path = new ArrayList<>();
    StringBuilder comment = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      Matcher matcher = LINE.matcher(line);
      if (line.strip().startsWith("#")) {
        comment.append(line.strip().substring(1).strip()).append(' ');
      } else if (matcher.matches()) {
        int depth = matcher.group(1).length() / 2;
        while (path.size() > depth) {
          path.remove(path.size() - 1);
        }
        path.add(matcher.group(2));
        comments.put(String.join(".", path), comment.toString().strip());
        comment.setLength(0);
      } else {
        comment.setLength(0);
      }
    }
  }

  /** The values at the ends of the tree, each with its comment; those without one are an error. */
  String table() {
    List<String> rows = new ArrayList<>(List.of("| value | default | what it is |"));
    rows.add("| --- | --- | --- |");
    addRows("", values, rows);
    return String.join("\n", rows);
  }

  private void addRows(String prefix, Map<String, Object> node, List<String> rows) {
    node.forEach(
        (name, value) -> {
          String path = prefix + name;
          if (isBranch(path, value)) {
            addRows(path + ".", map(value), rows);
          } else {
            rows.add("| `" + path + "` | " + shown(path, value) + " | " + comment(path) + " |");
          }
        });
  }

  /**
   * Whether its members are values of their own. Of the options, the defaults are shown at once.
   */
  private static boolean isBranch(String path, Object value) {
    return value instanceof Map<?, ?> members
        && !members.isEmpty()
        && !FREE.contains(path)
        && !OPTIONS.contains(path);
  }

  private static String shown(String path, Object value) {
    if (OPTIONS.contains(path)) {
      List<String> pairs = new ArrayList<>();
      map(value).forEach((name, text) -> pairs.add("`" + name + ": \"" + text + "\"`"));
      return String.join(", ", pairs);
    }
    if (FREE.contains(path) && value instanceof Map<?, ?> members && !members.isEmpty()) {
      return "`" + value.toString().replace("=", ": ") + "`";
    }
    return value.toString().isEmpty() ? "empty" : "`" + value + "`";
  }

  private String comment(String path) {
    String comment = comments.get(path);
    if (comment == null || comment.isEmpty()) {
      throw new AssertionError("no comment in values.yaml describes " + path);
    }
    return comment.replace("|", "\\|");
  }

  /**
   * The JSON schema.
   *
   * @param options those that each map of options may have
   */
  Map<String, Object> schema(Map<String, List<Option>> options) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "http://json-schema.org/draft-07/schema#");
    schema.put("title", "Values of the Helm chart herald");
    schema.putAll(object("", values, options));
    return schema;
  }

  private Map<String, Object> object(
      String prefix, Map<String, Object> node, Map<String, List<Option>> options) {
    Map<String, Object> properties = new LinkedHashMap<>();
    node.forEach((name, value) -> properties.put(name, member(prefix + name, value, options)));
    if (prefix.isEmpty()) {
      // Helm's own, when the chart is part of another.
      properties.put("global", Map.of("type", "object"));
    }
    return closed(properties);
  }

  private static Map<String, Object> closed(Map<String, Object> properties) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("type", "object");
    object.put("additionalProperties", false);
    object.put("properties", properties);
    return object;
  }

  private Map<String, Object> member(String path, Object value, Map<String, List<Option>> options) {
    if (isBranch(path, value)) {
      return object(path + ".", map(value), options);
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("description", comment(path));
    List<Option> known = options.get(path);
    if (known != null) {
      Map<String, Object> properties = new LinkedHashMap<>();
      for (Option option : known) {
        Map<String, Object> text = new LinkedHashMap<>();
        text.put("type", "string");
        text.put("description", option.description());
        properties.put(option.name(), text);
      }
      schema.putAll(closed(properties));
    } else {
      schema.put("type", type(value));
      List<String> choices = CHOICES.get(path);
      if (choices != null) {
        schema.put("enum", choices);
      }
      String pattern = pattern(path);
      if (pattern != null) {
        schema.put("pattern", pattern);
      }
      if (value instanceof Integer) {
        schema.put("minimum", 0);
      }
    }
    return schema;
  }

  private static @Nullable String pattern(String path) {
    return switch (path) {
      case "image.digest" -> "^(sha256:[0-9a-f]{64})?$";
      // As `herald rules --runbook-url`: without what would end the link or the line of YAML.
      case "prometheusRule.runbookUrl" -> "^(https?://[^\\s#\"'\\\\{}]+)?$";
      case "database.url" -> "^postgres(ql)?://[^:@/]+@[^/]+/.+$";
      case "stream.url" -> "^((nats|tls)://[^@/]+)?$";
      default -> null;
    };
  }

  private static String type(Object value) {
    if (value instanceof Boolean) {
      return "boolean";
    }
    if (value instanceof Integer) {
      return "integer";
    }
    if (value instanceof List) {
      return "array";
    }
    return value instanceof Map ? "object" : "string";
  }
}
