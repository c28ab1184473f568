package herald.gateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the sentences of the log say is in fields too, so that nobody has to search in sentences.
 */
class SentencesTest {
  private static final Path SOURCES = Path.of("src/main/java");

  /** A call that logs at info or above, whatever the logger is called. */
  private static final Pattern CALL = Pattern.compile("\\.(?:info|warn|error|log)\\(\\s*\"");

  private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");

  /** What the gateway's own helpers return is a field or a stack trace. */
  private static final Pattern FIELD =
      Pattern.compile(
          "Field\\.of\\(|new Field\\(|[a-z]\\w*\\(\"|sig\\(|source\\(|StackTraceOnly\\.");

  /** The arguments of the call whose first bracket is there, with nothing in its texts. */
  private static List<String> arguments(String source, int open) {
    List<String> arguments = new ArrayList<>();
    int depth = 0;
    int begin = open + 1;
    for (int at = open; ; at++) {
      char c = source.charAt(at);
      if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      }
      if (depth == 0 || (depth == 1 && c == ',')) {
        arguments.add(source.substring(begin, at).strip());
        begin = at + 1;
      }
      if (depth == 0) {
        return arguments;
      }
    }
  }

  private static List<String> withoutField(Path file) throws IOException {
    String source = Files.readString(file);
    List<String> found = new ArrayList<>();
    Matcher call = CALL.matcher(source);
    while (call.find()) {
      String rest = source.substring(call.start(), Math.min(source.length(), call.start() + 2_000));
      // Brackets and commas of the texts are none of the call's.
      String bare =
          TEXT.matcher(rest).replaceAll(text -> text.group().contains("{}") ? "\"{}\"" : "\"\"");
      List<String> arguments = arguments(bare, bare.indexOf('('));
      if (arguments.get(0).contains("{}")) {
        arguments.stream()
            .skip(1)
            .filter(argument -> !FIELD.matcher(argument).lookingAt())
            .forEach(argument -> found.add(file.getFileName() + ": " + argument));
      }
    }
    return found;
  }

  @Test
  void whatTheySayIsInFieldsToo() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        found.addAll(withoutField(file));
      }
    }
    assertThat(found).as("arguments of a sentence that are no Field").isEmpty();
  }
}
