package herald.benchmarks.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The {@link BareLoop} as a process of its own. */
public final class BareServer implements AutoCloseable {
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

  /** Starts the process with these JVM options. */
  public static BareServer start(List<String> jvmOptions) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(JavaProcess.command(jvmOptions, "bare-loop"));
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return new BareServer(builder.start());
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
