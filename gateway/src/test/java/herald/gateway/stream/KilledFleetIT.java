package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.relay.RunningRelay;
import herald.gateway.testing.GatewayProcess;
import herald.gateway.testing.NatsServer;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A device leaves an instance and comes to another one, after all instances have been killed once,
 * one after the other. It takes long, so it is run with the profile of the faults.
 */
@EnabledIfSystemProperty(named = "herald.faults.full", matches = "true")
@SuppressWarnings("NullAway.Init") // set by start
class KilledFleetIT {
  private static final long PATIENCE_SECONDS = 60;
  private static final Map<String, String> LONG_REPLAY =
      Map.of("HERALD_HORIZON", "11m", "HERALD_REPLAY", "10m");

  private final WalletKey key = WalletKey.random(new SecureRandom());
  private final List<String> away = new ArrayList<>();
  private final List<GatewayProcess> started = new ArrayList<>();
  private NatsServer nats;
  private SharedDatabase database;
  private Platform platform;
  private PlatformUser alice;
  private String chat;
  private RunningRelay relay;

  @BeforeEach
  void start() throws Exception {
    nats = NatsServer.start();
    database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    chat = platform.createChat(alice, community.createUser("bob", key.wallet())).subjectId();
    relay =
        RunningRelay.start(Map.of(), database.url(), nats.url(), "--create-stream").awaitReady();
  }

  @AfterEach
  void stop() throws Exception {
    started.forEach(GatewayProcess::close);
    if (relay != null) {
      relay.close();
    }
    if (nats != null) {
      nats.close();
    }
  }

  private Map<String, String> ofTheStream(Map<String, String> options) {
    Map<String, String> all = new HashMap<>(options);
    all.put("HERALD_FEED", nats.url());
    return all;
  }

  private GatewayProcess instance(Map<String, String> options)
      throws IOException, InterruptedException {
    GatewayProcess gateway = GatewayProcess.serve(database.url(), options);
    started.add(gateway);
    return gateway.awaitReady();
  }

  private void write() throws SQLException {
    away.add(platform.message(alice, chat, "missed " + away.size()).subjectId());
  }

  /** Another one comes, then the old one is killed; the device misses something each time. */
  private GatewayProcess replace(GatewayProcess old, Map<String, String> options) throws Exception {
    write();
    GatewayProcess next = instance(options);
    write();
    old.kill();
    write();
    return next;
  }

  private void assertComplete(GatewayProcess gateway, String cookie) throws Exception {
    try (TestClient client = TestClient.connectWithCookie(gateway.port(), key, cookie)) {
      client.awaitMessage(away.get(away.size() - 1));
      assertThat(client.messageIds()).containsSubsequence(away);
    }
  }

  /** Gets a message, which is written until its connection has a place. */
  private String cookieOfOneThatWasAt(GatewayProcess gateway) throws Exception {
    try (TestClient client = TestClient.connectWithCookie(gateway.port(), key, "")) {
      Eventually.holds(
          "the device gets something",
          PATIENCE_SECONDS,
          () -> {
            try {
              return client.messageIds().contains(platform.message(alice, chat, "x").subjectId())
                  || !client.messageIds().isEmpty();
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
          });
      return client.cookie();
    }
  }

  /** No replay by time: what one instance knows of a device survives it at the others. */
  @Test
  void aDeviceOfInstancesThatReadTheStreamIsComplete() throws Exception {
    Map<String, String> options = ofTheStream(Map.of("HERALD_REPLAY", "0s"));
    GatewayProcess first = instance(options);
    GatewayProcess second = instance(options);
    awaitPeer(first);
    awaitPeer(second);
    String cookie = cookieOfOneThatWasAt(first);
    awaitPositions(second);
    GatewayProcess third = replace(first, options);
    awaitPositions(third);
    GatewayProcess fourth = replace(second, options);
    awaitPositions(fourth);
    assertComplete(fourth, cookie);
  }

  private static void awaitPeer(GatewayProcess gateway) throws InterruptedException {
    awaitPositive(gateway, "herald_exchange_instances");
    awaitPositive(gateway, "herald_exchange_complete");
  }

  private static void awaitPositions(GatewayProcess gateway) throws InterruptedException {
    awaitPositive(gateway, "herald_exchange_positions");
  }

  private static void awaitPositive(GatewayProcess gateway, String metric)
      throws InterruptedException {
    Eventually.holds(
        metric,
        PATIENCE_SECONDS,
        () -> {
          try {
            return gateway.metric(metric) > 0;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** The two kinds do not tell each other of positions: the replay is as long as it was away. */
  @Test
  void aDeviceThatMovesFromTheOneKindToTheOtherIsComplete() throws Exception {
    Map<String, String> options = ofTheStream(LONG_REPLAY);
    GatewayProcess listening = instance(Map.of());
    GatewayProcess reading = instance(options);
    String cookie = cookieOfOneThatWasAt(listening);
    GatewayProcess listeningNext = replace(listening, LONG_REPLAY);
    GatewayProcess readingNext = replace(reading, options);
    assertComplete(readingNext, cookie);
    assertComplete(listeningNext, cookie);
  }
}
