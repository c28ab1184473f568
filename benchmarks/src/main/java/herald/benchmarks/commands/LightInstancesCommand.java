package herald.benchmarks.commands;

import herald.benchmarks.feeds.LightProcess;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.StreamSettings;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code herald-bench light-instances}: started by {@code feeds}, until its input ends. */
@Command(name = "light-instances", hidden = true, description = "What only hears of events.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LightInstancesCommand implements Callable<Integer> {
  @Option(names = "--database", defaultValue = "${env:HERALD_DATABASE}", required = true)
  private String database;

  @Option(names = "--feed", required = true)
  private String feed;

  @Override
  public Integer call() throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    LightProcess process =
        feed.equals("postgresql")
            ? LightProcess.listening(DatabaseUrl.parse(database), in, System.out)
            : LightProcess.reading(StreamSettings.of(feed), in, System.out);
    process.run();
    return 0;
  }
}
