package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A user without followers sends very many blasts at once. */
@BothFeeds
class BlastFloodIT {
  private static final int BLASTS = 1_200;
  private static final BlastAudience FOLLOWERS = BlastAudience.of("follower_audience");

  private final SecureRandom random = new SecureRandom();

  @Test
  void othersDoNotWaitForItAndAllOfItArrives() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    WalletKey flooderKey = WalletKey.random(random);
    WalletKey friendKey = WalletKey.random(random);
    PlatformUser flooder = community.createUser(1, "flooder", flooderKey.wallet());
    PlatformUser friend = community.createUser(2, "friend", friendKey.wallet());
    PlatformUser other = community.createUser(3, "other", WalletKey.random(random).wallet());
    PlatformUser artist = community.createUser(4, "artist", WalletKey.random(random).wallet());
    community.follow(friend, artist);
    String ofStrangers = platform.createChat(friend, other).subjectId();
    String ofFlooder = platform.createChat(friend, flooder).subjectId();
    try (TestGateway gateway = TestGateway.start(database.url());
        TestClient atFlooder = TestClient.connect(gateway.port(), flooderKey);
        TestClient atFriend = TestClient.connect(gateway.port(), friendKey)) {
      TestGateway.Eventually.holds("all are in", 30, () -> gateway.metric("herald_cursors") == 2);
      List<String> flood = new ArrayList<>();
      String inItsChat;
      String firstInItsChat;
      try (PlatformTransaction transaction = platform.begin()) {
        flood.add(transaction.blast(flooder, FOLLOWERS, "to nobody").subjectId());
        firstInItsChat = transaction.message(flooder, ofFlooder, "behind one").subjectId();
        for (int i = 1; i < BLASTS; i++) {
          flood.add(transaction.blast(flooder, FOLLOWERS, "to nobody").subjectId());
        }
        inItsChat = transaction.message(flooder, ofFlooder, "behind the flood").subjectId();
        transaction.commit();
      }
      String blast = platform.blast(artist, FOLLOWERS, "to a fan").subjectId();
      String message = platform.message(other, ofStrangers, "between strangers").subjectId();
      atFriend.awaitMessage("gateway.gap");
      atFriend.awaitMessage(message);
      atFriend.awaitMessage(blast);
      atFriend.awaitMessage(firstInItsChat);
      assertThat(gateway.readingMetric("herald_feed_behind_blasts"))
          .as("left of the flood")
          .isPositive();
      assertThat(gateway.readingMetric("herald_feed_gaps_behind_blasts_total")).isEqualTo(1);
      assertThat(atFriend.received()).noneMatch(event -> event.contains(inItsChat));
      TestGateway.Eventually.holds(
          "the flood is over", 120, () -> atFlooder.received().size() >= BLASTS);
      assertThat(atFlooder.received()).hasSize(BLASTS);
      for (int i = 0; i < BLASTS; i++) {
        assertThat(atFlooder.received().get(i)).contains(flood.get(i));
      }
      TestGateway.Eventually.holds(
          "nothing waits", 10, () -> gateway.readingMetric("herald_feed_behind_blasts") == 0);
      assertThat(gateway.readingMetric("herald_feed_behind_blasts_bytes")).isZero();
    }
  }
}
