package herald.benchmarks.load;

import herald.benchmarks.clients.ClientSettings;
import herald.benchmarks.clients.Tick;
import herald.benchmarks.servers.Ending;
import herald.benchmarks.servers.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One client process, seen from the driver. Any thread. */
final class FleetMember implements AutoCloseable {
  private static final long STOP_SECONDS = 10;

  private final Process process;
  private final PrintWriter commands;
  private final Consumer<Tick> ticks;
  private final Consumer<String> problems;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();

  /** Guarded by this. */
  private CompletableFuture<Long> connected = new CompletableFuture<>();

  /** Guarded by this. */
  private CompletableFuture<Void> disconnected = new CompletableFuture<>();

  /** Guarded by this. */
  private CompletableFuture<int[]> counts = new CompletableFuture<>();

  /** Guarded by this. */
  private Tick latest = new Tick(0, 0, 0, 0, 0, 0, Tick.emptyHistogram());

  private FleetMember(Process process, Consumer<Tick> ticks, Consumer<String> problems) {
    this.process = process;
    this.ticks = ticks;
    this.problems = problems;
    commands = new PrintWriter(process.outputWriter(StandardCharsets.US_ASCII), true);
    BufferedReader in = process.inputReader(StandardCharsets.UTF_8);
    Thread reader = new Thread(() -> read(in), "bench-fleet");
    reader.setDaemon(true);
    reader.start();
  }

  static FleetMember start(
      ClientSettings settings, String seed, Consumer<Tick> ticks, Consumer<String> problems)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            JavaProcess.command(
                // Young enough for a whole run: a collection here would look like a late delivery.
                List.of("-Xms1g", "-Xmx1g", "-Xmn700m", "-XX:+UseSerialGC"),
                "clients",
                "--host=" + settings.host(),
                "--source=" + settings.source(),
                "--first=" + settings.first(),
                "--count=" + settings.count(),
                "--path=" + settings.path(),
                "--window=" + settings.window(),
                "--per-second=" + settings.perSecond()));
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    FleetMember member = new FleetMember(builder.start(), ticks, problems);
    member.commands.println(seed);
    return member;
  }

  private void read(BufferedReader in) {
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        told(line);
      }
    } catch (IOException e) {
      problems.accept("a client process can't be read any more: " + e.getMessage());
    }
    IOException end = new IOException("a client process has ended");
    ready.completeExceptionally(end);
    connected().completeExceptionally(end);
    disconnected().completeExceptionally(end);
    counts().completeExceptionally(end);
  }

  private void told(String line) {
    if (line.startsWith("tick ")) {
      Tick tick = Tick.fromLine(line);
      synchronized (this) {
        latest = tick;
      }
      ticks.accept(tick);
    } else if (line.equals("ready")) {
      ready.complete(null);
    } else if (line.startsWith("connected ")) {
      connected().complete(Long.parseLong(line.substring("connected ".length())));
    } else if (line.equals("disconnected")) {
      disconnected().complete(null);
    } else if (line.startsWith("counts ")) {
      String[] words = line.split(" ", -1);
      counts().complete(new int[] {Integer.parseInt(words[1]), Integer.parseInt(words[2])});
    } else if (line.startsWith("problem ")) {
      problems.accept(line.substring("problem ".length()));
    }
  }

  /** Completes when the clients may be told to connect. */
  CompletableFuture<Void> ready() {
    return ready;
  }

  /** Tells the clients to connect; completes with the nanoseconds that all took. */
  CompletableFuture<Long> connect(int port) {
    CompletableFuture<Long> connecting = new CompletableFuture<>();
    synchronized (this) {
      connected = connecting;
    }
    return ask("connect " + port, connecting);
  }

  /** Tells the clients to end their connections; completes when they have. */
  CompletableFuture<Void> disconnect() {
    CompletableFuture<Void> disconnecting = new CompletableFuture<>();
    synchronized (this) {
      disconnected = disconnecting;
    }
    return ask("disconnect", disconnecting);
  }

  /** Has events counted that are planned for this moment or later. */
  void measureFrom(long nanos) {
    commands.println("measure " + nanos);
  }

  /** Has the clients read no more. */
  void stall() {
    commands.println("stall");
  }

  /** Asks for the fewest and the most measured events of any one connection. */
  CompletableFuture<int[]> askCounts() {
    CompletableFuture<int[]> asked = new CompletableFuture<>();
    synchronized (this) {
      counts = asked;
    }
    return ask("counts", asked);
  }

  /** Sends a command whose answer completes {@code answer}. */
  private <T> CompletableFuture<T> ask(String command, CompletableFuture<T> answer) {
    commands.println(command);
    if (!process.isAlive()) {
      answer.completeExceptionally(new IOException("a client process has ended"));
    }
    return answer;
  }

  private synchronized CompletableFuture<Long> connected() {
    return connected;
  }

  private synchronized CompletableFuture<Void> disconnected() {
    return disconnected;
  }

  private synchronized CompletableFuture<int[]> counts() {
    return counts;
  }

  synchronized Tick latest() {
    return latest;
  }

  /** Ends the clients: their process ends when its input does. */
  @Override
  public void close() {
    commands.close();
    Ending.await(process, STOP_SECONDS);
  }
}
