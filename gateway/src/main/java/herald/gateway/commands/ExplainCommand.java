package herald.gateway.commands;

import herald.gateway.config.CompletenessSettings;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.feed.Explanation;
import herald.gateway.feed.RowExplainer;
import herald.protocol.HashIds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code herald explain}: who gets one rpc log, and why the others do not. */
@Command(
    name = "explain",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description = {
      "Says who would get an rpc log now, and why the others would not. Reads it as herald serve"
          + " does, and writes nothing.",
      "Exits with 0 if the row was read, 1 if not, 2 if an option is wrong."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // OptionSources reads the file
  private final ConfigFileOption file = new ConfigFileOption();

  @Mixin private DatabaseOptions database;

  @Option(
      names = "--sig",
      paramLabel = "SIGNATURE",
      required = true,
      description = "The rpc log: the value of its column sig.")
  private String sig;

  @Option(
      names = "--user",
      paramLabel = "HASHID",
      description = "Only this user, by hash id or user id.%n  Default: everybody")
  private @Nullable String user;

  @Option(names = "--echo-to-sender", description = "As herald serve is run.")
  private boolean echoToSender;

  @Option(names = "--actor-events", description = "As herald serve is run.")
  private boolean actorEvents;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Integer onlyUser = onlyUser();
    DatabaseUrl url = database.url();
    FeedSettings feed =
        FeedSettings.builder().echoToSender(echoToSender).actorEvents(actorEvents).build();
    GatewayConfig config = GatewayConfig.defaults(url).toBuilder().feed(feed).build();
    Explanation explanation;
    try (Pools pools = new Pools(config, new SimpleMeterRegistry());
        RowExplainer explainer =
            new RowExplainer(
                pools.primary(), feed, CompletenessSettings.defaults().blastTimeoutMillis())) {
      explanation = explainer.explain(sig, onlyUser);
    } catch (SQLException e) {
      throw new IOException("the database can't be asked: " + e.getMessage(), e);
    }
    print(explanation);
    return explanation.relayedAtMicros() == null ? 1 : 0;
  }

  private @Nullable Integer onlyUser() {
    if (user == null) {
      return null;
    }
    OptionalInt id = HashIds.decode(user);
    if (id.isEmpty()) {
      throw new IllegalArgumentException(
          "--user is '" + user + "' (expected: a hash id or a user id)");
    }
    return id.getAsInt();
  }

  private void print(Explanation explanation) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("method   %s%n", explanation.method());
    out.printf("outcome  %s: %s%n", explanation.outcome(), explanation.sentence());
    Long relayed = explanation.relayedAtMicros();
    if (relayed != null) {
      out.printf("time     %s%n", Instant.EPOCH.plus(relayed, ChronoUnit.MICROS));
    }
    for (Explanation.Receiver receiver : explanation.receivers()) {
      out.printf(
          "user     %-8s %-10s %s%n",
          HashIds.encode(receiver.userId()),
          receiver.isPushed() ? "pushed" : "not pushed",
          receiver.why());
    }
    if (explanation.notListed() > 0) {
      out.printf("and %d more%n", explanation.notListed());
    }
    out.flush();
  }
}
