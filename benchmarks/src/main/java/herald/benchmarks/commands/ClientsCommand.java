package herald.benchmarks.commands;

import herald.benchmarks.clients.ClientProcess;
import herald.benchmarks.clients.ClientSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code herald-bench clients}: one process of clients, started by the other commands. */
@Command(name = "clients", hidden = true, description = "One process of clients.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ClientsCommand implements Callable<Integer> {
  @Option(names = "--host", required = true)
  private String host;

  @Option(names = "--source", required = true)
  private String source;

  @Option(names = "--first", required = true)
  private int first;

  @Option(names = "--count", required = true)
  private int count;

  @Option(names = "--path", required = true)
  private String path;

  @Option(names = "--window", required = true)
  private int window;

  @Option(names = "--per-second", required = true)
  private int perSecond;

  @Override
  public Integer call() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    ClientSettings settings =
        new ClientSettings(host, source, first, count, path, window, perSecond);
    new ClientProcess(settings, in, System.out).run();
    return 0;
  }
}
