package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A program that a test needs and that may be missing. */
public final class Tool {
  private static final long DEADLINE_SECONDS = 300;

  private final Path program;

  private Tool(Path program) {
    this.program = program;
  }

  /** Finds a program, or skips the test and says what to install. */
  public static Tool orSkip(String name, String debianPackage) {
    Tool tool = find(name);
    if (tool == null) {
      Assumptions.abort(
          name
              + " is not installed, so this is not checked (Debian: apt-get install "
              + debianPackage
              + ")");
      throw new AssertionError();
    }
    return tool;
  }

  /** Finds a program that is built by Go, or skips the test and says how. */
  static Tool ofGoOrSkip(String name, String module) {
    Tool tool = find(name);
    if (tool == null) {
      Assumptions.abort(
          name + " is not installed, so this is not checked (go install " + module + ")");
      throw new AssertionError();
    }
    return tool;
  }

  /** Finds a program; null if it is not installed. */
  public static @Nullable Tool find(String name) {
    // Servers are where an ordinary user's PATH does not go.
    String path = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
    for (String folder : path.split(File.pathSeparator, -1)) {
      Path program = Path.of(folder, name);
      if (Files.isExecutable(program)) {
        return new Tool(program);
      }
    }
    return null;
  }

  /** A program of the JDK that runs the tests. */
  static Tool inJdk(String name) {
    return new Tool(Path.of(System.getProperty("java.home"), "bin", name));
  }

  /** A program of the test's own choice. */
  public static Tool at(Path program) {
    return new Tool(program);
  }

  /** A port of 127.0.0.1 that is free now, for a program that can't choose one and tell. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where it is. */
  Path folder() {
    return Objects.requireNonNull(program.toAbsolutePath().getParent());
  }

  /** Runs it until it ends well, and returns all that it says. */
  public String run(Object... arguments) throws IOException, InterruptedException {
    return run(Map.of(), arguments);
  }

  /** Runs it with further environment variables until it ends well. */
  String run(Map<String, String> environment, Object... arguments)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("tool", ".out");
    try {
      Process process = builder(environment, arguments).redirectOutput(output.toFile()).start();
      boolean ended = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      String said = Files.readString(output, StandardCharsets.UTF_8);
      assertThat(ended).as("%s %s ends: %s", program, List.of(arguments), said).isTrue();
      assertThat(process.exitValue()).as("%s %s: %s", program, List.of(arguments), said).isZero();
      return said;
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** Runs it until it ends well, or skips the test, as when the network is not there. */
  public void runOrSkip(Object... arguments) throws IOException, InterruptedException {
    try {
      run(arguments);
    } catch (AssertionError e) {
      Assumptions.abort("this is not checked: " + e.getMessage());
    }
  }

  /** Starts it; what it says goes to {@code output}. The caller stops it. */
  public Process start(Path output, Object... arguments) throws IOException {
    return builder(Map.of(), arguments).redirectOutput(output.toFile()).start();
  }

  private ProcessBuilder builder(Map<String, String> environment, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return builder;
  }
}
