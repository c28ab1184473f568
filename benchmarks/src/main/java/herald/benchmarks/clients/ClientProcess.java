package herald.benchmarks.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What runs in a client process. It reads the seed, signs for its users and says {@code ready};
 * then it takes {@code connect PORT}, {@code measure NANOS}, {@code stall}, {@code counts} and
 * {@code disconnect}, after which it may connect again, until its input ends.
 */
public final class ClientProcess {
  private final ClientSettings settings;
  private final BufferedReader in;
  private final PrintStream out;

  /** A process that is told what to do through {@code in} and answers through {@code out}. */
  public ClientProcess(ClientSettings settings, BufferedReader in, PrintStream out) {
    this.settings = settings;
    this.in = in;
    this.out = out;
  }

  /** Runs until the input ends. */
  public void run() throws IOException {
    String seed = in.readLine();
    if (seed == null) {
      return;
    }
    try (ClientLoop loop = new ClientLoop(settings, paths(seed), out)) {
      out.println("ready");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("connect ")) {
          int port = Integer.parseInt(line.substring("connect ".length()));
          loop.execute(() -> loop.connectAll(port));
        } else if (line.equals("disconnect")) {
          loop.execute(loop::disconnectAll);
        } else if (line.startsWith("measure ")) {
          long nanos = Long.parseLong(line.substring("measure ".length()));
          loop.execute(() -> loop.measureFrom(nanos));
        } else if (line.equals("stall")) {
          loop.execute(loop::stall);
        } else if (line.equals("counts")) {
          loop.execute(loop::tellCounts);
        }
      }
    }
  }

  private String[] paths(String seed) {
    String[] paths = new String[settings.count()];
    if (!settings.path().isEmpty()) {
      Arrays.setAll(paths, settings::pathOf);
      return paths;
    }
    SeededWallets wallets = new SeededWallets(seed);
    long nowMillis = System.currentTimeMillis();
    IntStream.range(0, paths.length)
        .parallel()
        .forEach(i -> paths[i] = wallets.signedPath(settings.first() + i, nowMillis));
    return paths;
  }
}
