package herald.benchmarks.commands;

import herald.benchmarks.attack.AttackProcess;
import herald.benchmarks.attack.AttackSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code herald-bench attackers}: the attackers' process, started by {@code attack}. */
@Command(name = "attackers", hidden = true, description = "One process of attackers.")
final class AttackersCommand implements Callable<Integer> {
  @Option(names = "--port", required = true)
  private int port;

  @Option(names = "--silent", required = true)
  private int silent;

  @Option(names = "--bad-signatures", required = true)
  private int badSignatures;

  @Override
  public Integer call() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    new AttackProcess(new AttackSettings(port, silent, badSignatures), in, System.out).run();
    return 0;
  }
}
