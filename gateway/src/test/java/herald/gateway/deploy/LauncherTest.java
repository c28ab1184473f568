package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which archive the launcher gives to which Java, which is a script that prints its arguments. */
class LauncherTest {
  private static final Path LAUNCHER = Path.of("src/main/scripts/herald");

  @TempDir private Path folder;

  private Path java(int version) throws IOException {
    Path home = Files.createDirectories(folder.resolve("java"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + ".0.1\"\n");
    executable(home.resolve("bin/java"), "#!/bin/sh\necho \"$@\"\n");
    return home;
  }

  private static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String launched(int version) throws Exception {
    Path launcher = folder.resolve("herald/bin/herald");
    executable(launcher, Files.readString(LAUNCHER));
    Files.createDirectories(folder.resolve("herald/lib"));
    return Tool.at(launcher).run(Map.of("JAVA_HOME", java(version).toString()), "serve");
  }

  private void archive(String name) throws IOException {
    Files.createDirectories(folder.resolve("herald"));
    Files.writeString(folder.resolve("herald").resolve(name), "");
  }

  @ParameterizedTest
  @CsvSource({
    "17, -XX:SharedArchiveFile=, herald.jsa",
    "24, -XX:SharedArchiveFile=, herald.jsa",
    "25, -XX:AOTCache=, herald.aot"
  })
  void eachJavaGetsTheArchiveThatItReads(int version, String option, String file) throws Exception {
    archive("herald.jsa");
    archive("herald.aot");
    assertThat(launched(version))
        .containsOnlyOnce("herald.jsa".equals(file) ? "herald.jsa" : "herald.aot")
        .contains(option + folder.resolve("herald").toRealPath().resolve(file))
        .contains("-Xlog:cds*=off");
  }

  @ParameterizedTest
  @CsvSource({"17, herald.aot", "25, herald.jsa"})
  void anotherJavasArchiveIsLeftAlone(int version, String file) throws Exception {
    archive(file);
    assertThat(launched(version)).doesNotContain("herald.jsa", "herald.aot");
  }

  @Test
  void withoutAnArchiveItStartsWithoutOne() throws Exception {
    assertThat(launched(25)).doesNotContain("AOTCache", "SharedArchiveFile").contains("serve");
  }
}
