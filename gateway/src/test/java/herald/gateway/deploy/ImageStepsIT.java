package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The steps of the Dockerfile, without Docker, with the JDK that runs the tests: the runtime that
 * jlink makes has all modules, the archive of classes is taken, and no file is written while it
 * serves.
 */
final class ImageStepsIT {
  private static final Pattern STARTED =
      Pattern.compile(
          "clients on 127.0.0.1:\\d+ \\((\\w+)\\).* operators on 127.0.0.1:(\\d+);.*recovered by"
              + " (\\w+)");

  /** What "herald archive" makes with this Java. */
  private static final boolean IS_AOT = Runtime.version().feature() >= 25;

  private static final long DEADLINE_SECONDS = 60;

  @TempDir private Path folder;

  private static Tool step(String name) {
    return Tool.at(DeployFiles.path("image/" + name));
  }

  private static String said(Path output) {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int status(int port, String path) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
      return HttpClient.newHttpClient()
          .send(request, HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theImagesFilesServeWithoutWritingAny() throws Exception {
    Tool.orSkip("bash", "bash");
    Path distribution = Path.of("target/herald");
    Path image = folder.resolve("image");
    Map<String, String> jdk = Map.of("JAVA_HOME", System.getProperty("java.home"));
    // Both relative, as on a command line.
    step("assemble").run(jdk, distribution, Path.of("").toAbsolutePath().relativize(image));
    Map<String, String> runtime = Map.of("JAVA_HOME", image.resolve("java").toString());
    Tool.at(image.resolve("bin/herald")).run(runtime, "archive");
    assertThat(image.resolve(IS_AOT ? "herald.aot" : "herald.jsa")).isNotEmptyFile();

    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(image.resolve("bin/herald").toString(), "serve")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "JAVA_HOME",
                image.resolve("java").toString(),
                // Ends at once when the archive is not taken; nothing can be unpacked.
                "HERALD_JAVA_OPTS",
                (IS_AOT ? "-XX:AOTMode=on" : "-Xshare:on") + " -Djava.io.tmpdir=/nonexistent",
                "HERALD_DATABASE",
                SharedDatabase.fresh().url(),
                "HERALD_DRAIN_DELAY",
                "0s",
                // As many as the files suffice for that any process may open.
                "HERALD_MAX_CONNECTIONS",
                "500",
                "HERALD_BIND",
                "127.0.0.1:0",
                "HERALD_ADMIN",
                "127.0.0.1:0"));
    Process process = builder.start();
    try {
      Eventually.holds(
          "it has started: " + output,
          DEADLINE_SECONDS,
          () -> STARTED.matcher(said(output)).find() || !process.isAlive());
      Matcher started = STARTED.matcher(said(output));
      assertThat(started.find()).as(said(output)).isTrue();
      assertThat(started.group(1)).isIn("epoll", "io_uring");
      assertThat(started.group(3)).isEqualTo("native");
      int admin = Integer.parseInt(started.group(2));
      Eventually.holds("it is ready", DEADLINE_SECONDS, () -> status(admin, "/readyz") == 200);
      step("health").run(Map.of("HERALD_ADMIN", "0.0.0.0:" + admin));
      process.destroy();
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
    assertThat(said(output)).doesNotContain("WARN", "[warning]", "[error]");
  }
}
