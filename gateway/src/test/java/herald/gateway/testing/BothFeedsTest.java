package herald.gateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each integration test runs with both feeds, or CONTRIBUTING.md says why it does not. */
class BothFeedsTest {
  private static final Path TESTS = Path.of("src/test/java/herald/gateway");
  private static final Pattern NAME = Pattern.compile("`(\\w+IT|\\w+/\\*)`");

  @Test
  void eachIntegrationTestRunsWithBothFeedsOrSaysWhyNot() throws Exception {
    Set<String> leftOut = leftOut();
    Set<String> used = new HashSet<>();
    for (Path test : integrationTests()) {
      String name = Objects.requireNonNull(test.getFileName()).toString().replace(".java", "");
      String ofPackage = Objects.requireNonNull(test.getParent()).getFileName() + "/*";
      boolean isNamed = leftOut.contains(name) || leftOut.contains(ofPackage);
      used.addAll(List.of(name, ofPackage));
      assertThat(Files.readString(test).contains("\n@BothFeeds\n"))
          .as("%s has @BothFeeds, or is named in CONTRIBUTING.md", name)
          .isEqualTo(!isNamed);
    }
    assertThat(used).as("what is named exists").containsAll(leftOut);
  }

  private static List<Path> integrationTests() throws IOException {
    try (Stream<Path> files = Files.walk(TESTS)) {
      return files.filter(file -> file.toString().endsWith("IT.java")).toList();
    }
  }

  /** Names in the first column of the table. */
  private static Set<String> leftOut() throws IOException {
    String page = Files.readString(Path.of("../CONTRIBUTING.md"));
    String section = page.substring(page.indexOf("### One suite, two feeds"));
    Set<String> names = new HashSet<>();
    section
        .substring(section.indexOf("| tests | why not |"), section.indexOf("`BothFeedsTest`"))
        .lines()
        .map(line -> NAME.matcher(line.split("\\|", -1).length > 1 ? line.split("\\|", -1)[1] : ""))
        .forEach(matcher -> addAll(matcher, names));
    return names;
  }

  private static void addAll(Matcher matcher, Set<String> names) {
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
  }
}
