package herald.benchmarks.attack;

import herald.benchmarks.servers.Ending;
import herald.benchmarks.servers.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The attackers' process, seen from the driver. Any thread. */
public final class Attack implements AutoCloseable {
  private static final long STOP_SECONDS = 10;

  private final Process process;

  /** Guarded by this. */
  private Seen latest = new Seen(0, 0, 0, 0);

  /**
   * How far the attack has got.
   *
   * @param silent sockets that are open and say nothing
   * @param begun bad signatures so far
   * @param answered of these, with an HTTP status
   * @param failed of these, with no answer
   */
  public record Seen(int silent, long begun, long answered, long failed) {}

  private Attack(Process process) {
    this.process = process;
    BufferedReader in = process.inputReader(StandardCharsets.US_ASCII);
    Thread reader = new Thread(() -> read(in), "bench-attack");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Begins to attack. The process runs at the lowest priority where the system lets it: what is
   * measured is what attackers cost the gateway, not what they cost a machine that they share.
   */
  public static Attack start(AttackSettings settings) throws IOException {
    List<String> command = new ArrayList<>(List.of("nice", "-n", "19"));
    command.addAll(
        JavaProcess.command(
            List.of("-Xmx512m", "-XX:+UseSerialGC"),
            "attackers",
            "--port=" + settings.port(),
            "--silent=" + settings.silent(),
            "--bad-signatures=" + settings.badSignatures()));
    return new Attack(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  private void read(BufferedReader in) {
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("attack")) {
          seen(
              new Seen(
                  Integer.parseInt(words[1]),
                  Long.parseLong(words[2]),
                  Long.parseLong(words[3]),
                  Long.parseLong(words[4])));
        }
      }
    } catch (IOException e) {
      // The process has ended.
    }
  }

  private synchronized void seen(Seen seen) {
    latest = seen;
  }

  /** What it told last. */
  public synchronized Seen latest() {
    return latest;
  }

  /** Ends the attack: the process ends when its input does. */
  @Override
  public void close() throws IOException {
    process.outputWriter(StandardCharsets.US_ASCII).close();
    Ending.await(process, STOP_SECONDS);
  }
}
