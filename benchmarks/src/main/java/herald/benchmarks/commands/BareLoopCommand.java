package herald.benchmarks.commands;

import herald.benchmarks.servers.BareLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code herald-bench bare-loop}: the limit, started by {@code compare}. */
@Command(name = "bare-loop", hidden = true, description = "A bare Netty loop.")
final class BareLoopCommand implements Callable<Integer> {
  @Override
  public Integer call() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    new BareLoop(in, System.out).run();
    return 0;
  }
}
