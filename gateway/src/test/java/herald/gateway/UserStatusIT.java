package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.HashIds;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code /status?user=} of a gateway with connections on several event loops. */
@BothFeeds
class UserStatusIT {
  private static final int MANY = 110;

  private final HttpClient http = HttpClient.newHttpClient();

  private JsonObject status(TestGateway gateway, PlatformUser user) {
    try {
      URI uri =
          URI.create(
              "http://127.0.0.1:%d/status?user=%s"
                  .formatted(gateway.gateway().adminPort(), HashIds.encode(user.userId())));
      HttpResponse<String> answer =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).doesNotContain("127.0.0.1");
      return JsonParser.parseString(answer.body()).getAsJsonObject();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonArray connections(JsonObject status) {
    return status.getAsJsonArray("connections");
  }

  @Test
  void showsEachConnectionOfTheUserAndNobodyElses() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    WalletKey key = WalletKey.random(new SecureRandom());
    WalletKey otherKey = WalletKey.random(new SecureRandom());
    PlatformUser alice = community.createUser("alice", key.wallet());
    PlatformUser bob = community.createUser("bob", otherKey.wallet());
    String chat = platform.createChat(alice, bob).subjectId();
    try (TestGateway gateway = TestGateway.start(database.url())) {
      assertThat(status(gateway, alice).toString())
          .contains("\"connections\":[]", "\"endedConnectionRemembered\":false");
      try (TestClient one = TestClient.connect(gateway.port(), key);
          TestClient two = TestClient.connect(gateway.port(), key);
          TestClient other = TestClient.connect(gateway.port(), otherKey)) {
        platform.message(bob, chat, "hello");
        one.awaitMessage("hello");
        two.awaitMessage("hello");
        Eventually.holds(
            "both have confirmed",
            20,
            () ->
                connections(status(gateway, alice)).asList().stream()
                        .filter(
                            each -> each.getAsJsonObject().get("unconfirmedEvents").getAsInt() == 0)
                        .filter(each -> each.getAsJsonObject().get("writtenEvents").getAsInt() >= 1)
                        .count()
                    == 2);
        JsonObject status = status(gateway, alice);
        long next = status.getAsJsonObject("log").get("nextPosition").getAsLong();
        assertThat(next).isPositive();
        assertThat(status.get("notShown").getAsInt()).isZero();
        for (int i = 0; i < 2; i++) {
          JsonObject connection = connections(status).get(i).getAsJsonObject();
          assertThat(connection.get("state").getAsString()).isEqualTo("open");
          assertThat(connection.get("address").getAsString()).isEqualTo("127.0.0.0/24");
          assertThat(connection.get("device").getAsString()).isEqualTo("none");
          assertThat(connection.get("position").getAsLong()).isEqualTo(next);
          assertThat(connection.get("confirmedPosition").getAsLong()).isEqualTo(next);
          assertThat(connection.get("waitingEvents").getAsLong()).isZero();
          assertThat(connection.get("writtenBytes").getAsLong()).isPositive();
          assertThat(Instant.parse(connection.get("connectedSince").getAsString()))
              .isBetween(Instant.now().minus(Duration.ofMinutes(5)), Instant.now());
        }
        assertThat(connections(status(gateway, bob))).hasSize(1);
        assertThat(other.isOpen()).isTrue();
      }
      Eventually.holds(
          "both are gone and remembered",
          20,
          () -> {
            JsonObject status = status(gateway, alice);
            return connections(status).isEmpty()
                && status.get("endedConnectionRemembered").getAsBoolean();
          });
    }
  }

  @Test
  void showsABoundedNumber() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    WalletKey key = WalletKey.random(new SecureRandom());
    PlatformUser alice = new Community(database.dataSource()).createUser("alice", key.wallet());
    List<TestClient> clients = new ArrayList<>();
    try (TestGateway gateway = TestGateway.start(database.url())) {
      for (int i = 0; i < MANY; i++) {
        clients.add(TestClient.connect(gateway.port(), key));
      }
      Eventually.holds(
          "all are open",
          20,
          () -> {
            JsonObject status = status(gateway, alice);
            return connections(status).size() + status.get("notShown").getAsInt() == MANY;
          });
      assertThat(connections(status(gateway, alice))).hasSize(100);
    } finally {
      for (TestClient client : clients) {
        client.close();
      }
    }
  }
}
