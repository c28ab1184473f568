package herald.gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import herald.gateway.deploy.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The programs of docs/write-a-client.md, written into a folder as they stand there, and its
 * tables.
 */
final class ClientPage {
  private static final Pattern FILE =
      Pattern.compile("```(?:js|python)\n(?://|#) ([a-z]+\\.(?:mjs|py))(.*?)\n```", Pattern.DOTALL);

  /** Those that can be run here. */
  enum Language {
    JAVASCRIPT("main.mjs", "check.mjs"),
    PYTHON("herald.py", "check.py");

    private final String main;
    private final String check;

    Language(String main, String check) {
      this.main = main;
      this.check = check;
    }

    /** The program that takes the gateway's address and a key. */
    String main() {
      return main;
    }

    /** What a program is called that checks the functions of the page. */
    String check() {
      return check;
    }
  }

  private final Map<Language, Tool> interpreters = new EnumMap<>(Language.class);
  private final String page;

  /** Writes the programs, and installs what the page says where the language is there. */
  ClientPage(Path folder) throws IOException, InterruptedException {
    page = Files.readString(Path.of("../docs/write-a-client.md"));
    Matcher file = FILE.matcher(page);
    while (file.find()) {
      Files.writeString(
          folder.resolve(file.group(1)), file.group().replaceAll("^```\\w+\n|```$", ""));
    }
    install(folder);
  }

  private void install(Path folder) throws IOException, InterruptedException {
    Tool node = Tool.find("node");
    Tool npm = Tool.find("npm");
    if (node != null && npm != null && succeeds(npm, words("npm install ", folder))) {
      interpreters.put(Language.JAVASCRIPT, node);
    }
    Tool python = Tool.find("python3");
    Path environment = folder.resolve("python");
    if (python != null
        && succeeds(python, List.of("-m", "venv", "--copies", environment))
        && succeeds(Tool.at(environment.resolve("bin/pip")), words("pip install ", folder))) {
      interpreters.put(Language.PYTHON, Tool.at(environment.resolve("bin/python")));
    }
  }

  /** The arguments of a command that the page states in backquotes. */
  private List<Object> words(String command, Path prefix) {
    int begin = page.indexOf("`" + command);
    assertThat(begin).as(command).isPositive();
    String line = page.substring(begin + 1, page.indexOf('`', begin + 1)).replace("'", "");
    List<Object> words = new ArrayList<>(List.of(line.split(" ", -1)));
    words.remove(0);
    if (command.startsWith("npm")) {
      words.addAll(List.of("--silent", "--prefix", prefix));
    } else {
      words.add("--quiet");
    }
    return words;
  }

  private static boolean succeeds(Tool tool, List<?> arguments)
      throws IOException, InterruptedException {
    try {
      tool.run(arguments.toArray());
      return true;
    } catch (AssertionError e) {
      System.err.println("skipped: " + e.getMessage());
      return false;
    }
  }

  /** What runs programs in this language, or skips the test. */
  Tool interpreter(Language language) {
    Tool interpreter = interpreters.get(language);
    assumeTrue(
        interpreter != null, "not checked: " + language + " or its packages can't be had here");
    return Objects.requireNonNull(interpreter);
  }

  /** What the tables of the page say of each code. */
  Map<Integer, String> advice() {
    Map<Integer, String> advice = new TreeMap<>();
    for (String line :
        page.lines().filter(text -> text.startsWith("| 1") || text.startsWith("| 4")).toList()) {
      String[] cells = line.split("\\|", -1);
      String what = cells[cells.length - 2].strip();
      for (String code : cells[1].replaceAll("[^0-9]+", " ").strip().split(" ", -1)) {
        advice.put(
            Integer.parseInt(code), what.isEmpty() || what.startsWith("Stop") ? "stop" : "again");
      }
    }
    assertThat(advice).hasSize(14);
    return advice;
  }
}
