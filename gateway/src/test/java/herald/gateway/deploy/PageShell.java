package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs blocks of the pages in a copy of the packaged gateway, with addresses that are free here in
 * place of those that are the defaults.
 */
final class PageShell {
  private static final Path DISTRIBUTION = Path.of("target/herald");
  private static final long DEADLINE_SECONDS = 300;

  private final Path work;
  private final Path home;
  private final int clients = Tool.freePort();
  private final int admin = Tool.freePort();
  private final Map<String, String> environment = new HashMap<>();

  PageShell(Path work) throws Exception {
    this.work = work;
    Tool.orSkip("curl", "curl");
    assumeTrue(Files.exists(DISTRIBUTION), "not checked: the archive has not been built");
    Tool.orSkip("cp", "coreutils").run("-r", DISTRIBUTION, work);
    home = work.resolve("herald");
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("HERALD_BIND", "127.0.0.1:" + clients);
    environment.put("HERALD_ADMIN", "127.0.0.1:" + admin);
    environment.put("HERALD_DRAIN_DELAY", "0s");
    environment.put("HERALD_DRAIN_PERIOD", "0s");
  }

  /** Where the clients' address would be. */
  int clients() {
    return clients;
  }

  /** The operators' port. */
  int admin() {
    return admin;
  }

  /** The working directory of all blocks. */
  Path home() {
    return home;
  }

  /** For the blocks that follow. */
  void set(String variable, String value) {
    environment.put(variable, value);
  }

  Process start(String script, Path output) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script);
    builder.environment().putAll(environment);
    return builder
        .directory(home.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** Runs a block to its end, and returns what it says. */
  String run(String script) throws Exception {
    return run(0, script);
  }

  /** The same for one that ends with another code. */
  String run(int exitCode, String script) throws Exception {
    Path output = Files.createTempFile(work, "block", ".out");
    Process process = start(script, output);
    try {
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).as(script).isTrue();
    } finally {
      end(process);
    }
    String said = Files.readString(output);
    assertThat(process.exitValue()).as("%s: %s", script, said).isEqualTo(exitCode);
    return said;
  }

  /** Ends a block and what it has started. */
  static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  }
}
