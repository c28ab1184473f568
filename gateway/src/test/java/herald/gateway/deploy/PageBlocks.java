package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of commands in the documentation. */
final class PageBlocks {
  private static final Pattern SHELL =
      Pattern.compile("^( *)```sh\n(.*?)^ *```$", Pattern.DOTALL | Pattern.MULTILINE);

  private PageBlocks() {}

  static String page(String path) throws IOException {
    return Files.readString(DeployFiles.inRepository(path));
  }

  /** All shell blocks of a page. */
  static List<String> all(String path) throws IOException {
    List<String> all = new ArrayList<>();
    Matcher block = SHELL.matcher(page(path));
    while (block.find()) {
      all.add(withoutIndent(block));
    }
    return all;
  }

  private static String withoutIndent(Matcher block) {
    return block.group(2).replaceAll("(?m)^" + block.group(1), "");
  }

  /** The first shell block behind a heading of a page that has this in it. */
  static String shell(String path, String heading, String part) throws IOException {
    String text = page(path);
    int begin = text.indexOf("\n" + heading + "\n");
    assertThat(begin).as(heading).isNotNegative();
    Matcher block = SHELL.matcher(text);
    boolean isFound = block.find(begin);
    while (isFound && !block.group(2).contains(part)) {
      isFound = block.find();
    }
    assertThat(isFound).as("%s: %s", heading, part).isTrue();
    return withoutIndent(block);
  }

  /** What a page has at one place: the first group of an expression, or all that it matches. */
  static String part(String path, String expression) throws IOException {
    Matcher matcher = Pattern.compile(expression, Pattern.DOTALL).matcher(page(path));
    assertThat(matcher.find()).as(expression).isTrue();
    return matcher.group(matcher.groupCount());
  }
}
