package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages of the packages name types that there are. */
class PackagePagesTest {
  /** The last part of a name that begins as those of types do, and has small letters too. */
  private static final Pattern TYPE =
      Pattern.compile("\\{@(?:link|code)\\s+(?:[a-z]+\\.)*([A-Z]\\w*[a-z]\\w*)[^}]*}");

  /** Types of libraries that a page names. */
  private static final Set<String> OF_OTHERS = Set.of("GuardedBy");

  private static final Set<String> TYPES =
      new ClassFileImporter()
              .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
              .importPackages("herald")
              .stream()
              .map(JavaClass::getSimpleName)
              .collect(Collectors.toSet());

  static List<Path> pages() throws IOException {
    List<Path> pages =
        Stream.of("src", "../protocol/src", "../demo/src")
            .flatMap(PackagePagesTest::pagesBelow)
            .toList();
    assertThat(pages).hasSizeGreaterThan(20);
    return pages;
  }

  private static Stream<Path> pagesBelow(String folder) {
    try (Stream<Path> files = Files.walk(Path.of(folder, "main/java"))) {
      return files.filter(file -> file.endsWith("package-info.java")).toList().stream();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyTypeThatIsNamedIsThere(Path page) throws IOException {
    String text = Files.readString(page).replaceAll("\\n \\* *", " ");
    Set<String> missing =
        TYPE.matcher(text)
            .results()
            .map(named -> named.group(1))
            .filter(name -> !TYPES.contains(name) && !OF_OTHERS.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(missing).isEmpty();
  }
}
