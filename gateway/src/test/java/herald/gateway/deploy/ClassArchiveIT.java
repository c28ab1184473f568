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
  private static final int MAX_CLASSES_BESIDE_IT = 20;

  /** Its class files are of Java 5, of which the JVM archives few or none. */
  private static final String NOT_ARCHIVED = "picocli.";

  private static final String CODECS = "com.impossibl.postgres.system.procs.";
  private static final String ARCHIVED = "shared objects file";

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
      List<String> loaded = Files.readAllLines(classes);
      List<String> fromJars =
          loaded.stream()
              .filter(line -> line.contains("source: file:") && !line.contains(NOT_ARCHIVED))
              .toList();
      assertThat(fromJars).hasSizeLessThan(MAX_CLASSES_BESIDE_IT);
      assertThat(loaded).noneMatch(line -> line.contains(CODECS) && !line.endsWith(ARCHIVED));
    }
  }
}
