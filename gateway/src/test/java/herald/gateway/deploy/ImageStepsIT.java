package herald.gateway.deploy;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

  /** In the header of a library. */
  private static final int AARCH64 = 183;

  private static final Path DISTRIBUTION = Path.of("target/herald");
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

  private Path program(Path in, String name, String text) throws IOException {
    Path file = Files.writeString(Files.createDirectories(in).resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  /**
   * With an {@code uname} that says so, and a {@code jlink} that does nothing, since it would need
   * the other architecture's runtime.
   */
  private Map<String, String> machine(String architecture) throws IOException {
    Path java = Path.of(System.getProperty("java.home"));
    Path bin = folder.resolve("bin");
    program(bin, "uname", "#!/bin/sh\necho " + architecture + "\n");
    Path jdk = folder.resolve("jdk");
    program(jdk.resolve("bin"), "jlink", "#!/bin/sh\n");
    program(
        jdk.resolve("bin"), "jar", "#!/bin/sh\nexec '" + java.resolve("bin/jar") + "' \"$@\"\n");
    Files.copy(java.resolve("release"), jdk.resolve("release"));
    return Map.of(
        "JAVA_HOME", jdk.toString(), "PATH", bin + File.pathSeparator + System.getenv("PATH"));
  }

  /** The number that the file has for the machine it is for, in the header of its format. */
  private static int machineOf(Path library) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(library)).order(LITTLE_ENDIAN).getShort(18);
  }

  @Test
  void onAarch64ItHasTheLibrariesOfThatArchitecture() throws Exception {
    Path image = folder.resolve("image");
    step("assemble").run(machine("aarch64"), DISTRIBUTION, image);
    Map<String, Integer> machines = new TreeMap<>();
    try (Stream<Path> libraries = Files.list(image.resolve("native"))) {
      for (Path library : libraries.toList()) {
        machines.put(library.getFileName().toString(), machineOf(library));
      }
    }
    assertThat(machines)
        .containsOnlyKeys(
            "libnetty_tcnative_linux_aarch_64.so",
            "libnetty_transport_native_epoll_aarch_64.so",
            "libnetty_transport_native_io_uring42_aarch_64.so",
            "libsecp256k1-jni.so");
    assertThat(machines.values()).containsOnly(AARCH64);
  }

  @Test
  void anotherArchitectureIsRefused() throws Exception {
    Map<String, String> machine = machine("riscv64");
    Path image = folder.resolve("image");
    assertThatThrownBy(() -> step("assemble").run(machine, DISTRIBUTION, image))
        .hasMessageContaining(
            "assemble: no native libraries for riscv64 (expected: x86_64 or aarch64)");
  }

  @Test
  void theImagesFilesServeWithoutWritingAny() throws Exception {
    Tool.orSkip("bash", "bash");
    Path image = folder.resolve("image");
    Map<String, String> jdk = Map.of("JAVA_HOME", System.getProperty("java.home"));
    // Both relative, as on a command line.
    step("assemble").run(jdk, DISTRIBUTION, Path.of("").toAbsolutePath().relativize(image));
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
