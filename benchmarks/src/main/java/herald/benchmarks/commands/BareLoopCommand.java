package herald.benchmarks.commands;

import herald.benchmarks.servers.BareLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code herald-bench bare-loop}: the limit of a broadcast, started by {@code compare}. Each line
 * of its input is sent to all as one text message.
 */
@Command(name = "bare-loop", hidden = true, description = "A bare Netty loop.")
final class BareLoopCommand implements Callable<Integer> {
  @Override
  public Integer call() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    try (BareLoop loop = new BareLoop()) {
      System.out.println("listening " + loop.port());
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        loop.broadcast(line);
      }
    }
    return 0;
  }
}
