package herald.gateway.testing;

import herald.gateway.config.GatewayConfig;
import herald.gateway.config.StreamSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * What stands between a test's database and the gateways that the test starts: nothing, or with
 * {@code -Dherald.test.feed=nats} a relay and a stream. The tests are the same with both; a method
 * that makes sense with one alone says so with {@link WithDatabaseFeed}.
 *
 * <p>JUnit makes an instance and tells it when tests end.
 */
public final class TestFeed implements TestExecutionListener {
  private static final RelayedDatabases RELAYED = new RelayedDatabases();

  /** Whether gateways read a stream. */
  public static boolean isStream() {
    return System.getProperty("herald.test.feed", "postgresql").equals("nats");
  }

  /** The same with a stream, if tests are to have one; what has a stream already has its own. */
  static GatewayConfig behind(GatewayConfig config) throws IOException {
    if (!isStream() || config.stream() != null) {
      return config;
    }
    return config.toBuilder().stream(RELAYED.of(config).stream()).build();
  }

  /** The same options with a stream, if tests are to have one. */
  static Map<String, String> behind(String databaseUrl, Map<String, String> options)
      throws IOException {
    if (!isStream() || options.containsKey("HERALD_FEED")) {
      return options;
    }
    StreamSettings stream = RELAYED.of(TestGateway.config(databaseUrl)).stream();
    Map<String, String> with = new HashMap<>(options);
    with.put("HERALD_FEED", "nats://" + stream.servers().get(0));
    with.put("HERALD_FEED_STREAM", stream.name());
    return with;
  }

  /**
   * Has the relay of a stream go on for as long as somebody reads it.
   *
   * @param streamName null for the database's notifications
   */
  static void keepWhile(@Nullable String streamName, BooleanSupplier isRead) {
    RelayedDatabase relayed = RELAYED.byStream(streamName);
    if (relayed != null) {
      relayed.keepWhile(isRead);
    }
  }

  /** A metric of the relay of this stream; null if its relay is none of these. */
  static @Nullable Double relayMetric(@Nullable StreamSettings stream, String nameAndLabels) {
    RelayedDatabase relayed = RELAYED.byStream(stream == null ? null : stream.name());
    return relayed == null ? null : relayed.metric(nameAndLabels);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    RELAYED.stopUnread();
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    RELAYED.stopAll();
  }
}
