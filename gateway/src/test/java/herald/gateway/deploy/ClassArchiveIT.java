package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.GatewayProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes, which is made without a database, has what a database makes it load. */
class ClassArchiveIT {
  private static final Path DISTRIBUTION = Path.of("target", "herald");
  private static final int MAX_CLASSES_BESIDE_IT = 100;

  @TempDir Path folder;

  @Test
  void aStartWithADatabaseLoadsFewClassesFromJars() throws Exception {
    String file = Runtime.version().feature() >= 25 ? "herald.aot" : "herald.jsa";
    assumeTrue(Files.exists(DISTRIBUTION.resolve(file)), "there is no archive for this Java");
    Path classes = folder.resolve("classes");
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME",
            System.getProperty("java.home"),
            "HERALD_JAVA_OPTS",
            "-Xlog:class+load:file=" + classes);
    try (GatewayProcess gateway =
        GatewayProcess.serve(
            DISTRIBUTION.resolve("bin/herald"), SharedDatabase.fresh().url(), environment)) {
      gateway.awaitReady();
      List<String> fromJars =
          Files.readAllLines(classes).stream()
              .filter(line -> line.contains("source: file:"))
              .toList();
      assertThat(fromJars).hasSizeLessThan(MAX_CLASSES_BESIDE_IT);
    }
  }
}
