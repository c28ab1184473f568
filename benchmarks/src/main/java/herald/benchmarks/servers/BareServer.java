package herald.benchmarks.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A {@link BareLoop}, alone or behind a {@link BareRelay}, as a process of its own. */
public final class BareServer implements AutoCloseable {
  private static final List<String> JVM_OPTIONS = List.of("-Xmx512m", "-XX:+UseSerialGC");

  private final Process process;
  private final PrintWriter input;
  private final int port;

  private BareServer(Process process) throws IOException {
    this.process = process;
    input = new PrintWriter(process.outputWriter(StandardCharsets.US_ASCII), true);
    BufferedReader output = process.inputReader(StandardCharsets.US_ASCII);
    String line = output.readLine();
    if (line == null || !line.startsWith("listening ")) {
      throw new IOException("the bare loop did not start; it said: " + line);
    }
    port = Integer.parseInt(line.substring("listening ".length()));
  }

  /** Starts a loop that sends to all what {@link #broadcast} is given. */
  public static BareServer loop() throws IOException {
    return new BareServer(builder("bare-loop").start());
  }

  /**
   * Starts a relay of the events of a database.
   *
   * @param databaseUrl with user and password; it goes into the environment
   */
  public static BareServer relay(String databaseUrl) throws IOException {
    ProcessBuilder builder = builder("bare-relay");
    builder.environment().put("HERALD_DATABASE", databaseUrl);
    return new BareServer(builder.start());
  }

  private static ProcessBuilder builder(String command) {
    return new ProcessBuilder(JavaProcess.command(JVM_OPTIONS, command))
        .redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** What the process costs. */
  public ProcessFigures figures() {
    return new ProcessFigures(process.pid());
  }

  /** Sends one text message to all. */
  public void broadcast(String text) {
    input.println(text);
  }

  @Override
  public void close() {
    input.close();
    process.destroy();
  }
}
