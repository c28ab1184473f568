package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.GatewayProcess;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A gateway that is stopped for longer than its deadlines, with SIGSTOP, and goes on. */
@BothFeeds
class StandstillIT {
  private static final int CLIENTS = 20;
  private static final int STOPPED_SECONDS = 15;

  /** In a second; ten times as many may come at once. */
  private static final int MAX_MESSAGES = 10;

  /** Less than the rate allows in this time, more than may come at once. */
  private static final int MESSAGES = MAX_MESSAGES * 12;

  private static double metric(GatewayProcess gateway, String name) {
    try {
      return gateway.metric(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void liveClientsStay() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Platform platform = new Platform(database.dataSource());
    List<PlatformUser> users = new ArrayList<>();
    List<WalletKey> keys = new ArrayList<>();
    SecureRandom random = new SecureRandom();
    for (int i = 0; i <= CLIENTS; i++) {
      keys.add(WalletKey.random(random));
      users.add(new PlatformUser(i + 1, "user" + i, keys.get(i).wallet()));
    }
    new Community(database.dataSource()).createUsers(users);
    PlatformUser writer = users.get(0);
    String chat =
        platform
            .createChat(writer, users.subList(1, users.size()).toArray(PlatformUser[]::new))
            .subjectId();
    Map<String, String> options =
        Map.of(
            "HERALD_PING_INTERVAL", "1s",
            "HERALD_IDLE_TIMEOUT", "4s",
            "HERALD_WRITE_DEADLINE", "3s",
            "HERALD_MAX_INBOUND_MESSAGES", Integer.toString(MAX_MESSAGES));
    List<TestClient> clients = new ArrayList<>();
    try (GatewayProcess gateway = GatewayProcess.serve(database.url(), options).awaitReady()) {
      for (int i = 1; i <= CLIENTS; i++) {
        clients.add(TestClient.connect(gateway.port(), keys.get(i)));
      }
      Eventually.holds("all are in", 30, () -> metric(gateway, "herald_cursors") == CLIENTS);
      gateway.pause();
      for (int i = 0; i < MESSAGES; i++) {
        clients.get(0).socket().sendText("typing");
      }
      // This is the standstill itself. Nothing happens meanwhile that could be waited for, and it
      // has to be longer than the idle timeout and the write deadline.
      TimeUnit.SECONDS.sleep(STOPPED_SECONDS);
      gateway.resume();
      Eventually.holds(
          "the standstill is noticed",
          30,
          () -> metric(gateway, "herald_loop_standstills_total") > 0);
      String message = platform.message(writer, chat, "still here?").subjectId();
      for (TestClient client : clients) {
        client.awaitMessage(message);
      }
      Eventually.holds(
          "what was sent meanwhile has been read",
          30,
          () -> metric(gateway, "herald_inbound_messages_total") >= MESSAGES);
      double pings = metric(gateway, "herald_pings_total");
      Eventually.holds(
          "all are pinged again",
          30,
          () -> metric(gateway, "herald_pings_total") > pings + CLIENTS);
      assertThat(metric(gateway, "herald_connections_closed_total")).isZero();
      assertThat(clients).allMatch(TestClient::isOpen);
    } finally {
      for (TestClient client : clients) {
        client.close();
      }
    }
  }
}
