package herald.benchmarks.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code herald serve} as a process of its own, on free ports of 127.0.0.1. Any thread. */
public final class Gateway implements AutoCloseable {
  private static final Pattern STARTED =
      Pattern.compile(
          "clients on 127.0.0.1:(?<clients>\\d+) .* operators on 127.0.0.1:(?<operators>\\d+);");

  /** All clients come from a few addresses of this machine, and all at once. */
  private static final List<String> NO_LIMITS =
      List.of(
          "--max-connections-per-address=0",
          "--max-handshakes-per-address=0",
          "--max-handshakes=0",
          "--max-loop-lag=0ms");

  private final HeraldProcess process;
  private final int port;

  private Gateway(HeraldProcess process) {
    this.process = process;
    port = process.port("clients");
  }

  /**
   * Starts a gateway; it listens when this returns, and may not be ready yet.
   *
   * @param launcher {@code bin/herald} of a distribution
   * @param databaseUrl with user and password; it goes into the environment
   * @param options further options of {@code herald serve}
   * @param log told every line that the process writes
   */
  public static Gateway start(
      Path launcher, String databaseUrl, List<String> options, Consumer<String> log)
      throws IOException {
    return start(launcher, null, databaseUrl, options, log);
  }

  /**
   * The same with another Java.
   *
   * @param javaHome null for the one of this process's environment
   */
  public static Gateway start(
      Path launcher,
      @Nullable Path javaHome,
      String databaseUrl,
      List<String> options,
      Consumer<String> log)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("serve"));
    arguments.addAll(List.of("--bind", "127.0.0.1:0", "--admin", "127.0.0.1:0"));
    arguments.addAll(NO_LIMITS);
    arguments.addAll(options);
    return new Gateway(
        HeraldProcess.start(launcher, javaHome, databaseUrl, arguments, STARTED, log));
  }

  /**
   * Waits until the gateway is ready.
   *
   * @return nanoseconds from the launch of its process
   */
  public long awaitReady() throws IOException, InterruptedException {
    return process.awaitReady();
  }

  /** All its metrics. */
  public Scrape scrape() throws IOException, InterruptedException {
    return process.scrape();
  }

  /** Bytes of the Java heap in use, garbage included. */
  public long heapBytes() throws IOException, InterruptedException {
    return (long) scrape().sum("jvm_memory_used_bytes", "area=\"heap\"");
  }

  /** Collects garbage, so that what is in use afterwards is what is needed. */
  public void collectGarbage() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process collecting =
        new ProcessBuilder(jcmd.toString(), Long.toString(process.figures().pid()), "GC.run")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (collecting.waitFor() != 0) {
      throw new IOException(jcmd + " could not have garbage collected (expected: a JDK)");
    }
  }

  /** What the process costs. */
  public ProcessFigures figures() {
    return process.figures();
  }

  /** The clients' port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** SIGTERM, and SIGKILL if that takes too long. */
  @Override
  public void close() {
    process.close();
  }
}
