package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** A blast to a million followers, of whom one is connected. */
@BothFeeds
class LargeBlastIT {
  private static final int FOLLOWERS = 1_000_000;
  private static final int FIRST_FOLLOWER = 1_000;

  @Test
  void aMillionFollowersHoldNobodyUp() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    SecureRandom random = new SecureRandom();
    WalletKey fansKey = WalletKey.random(random);
    WalletKey friendsKey = WalletKey.random(random);
    PlatformUser artist = community.createUser(1, "artist", WalletKey.random(random).wallet());
    PlatformUser friend = community.createUser(2, "friend", friendsKey.wallet());
    PlatformUser other = community.createUser(3, "other", WalletKey.random(random).wallet());
    community.createUser(FIRST_FOLLOWER, "fan", fansKey.wallet());
    String chat = platform.createChat(friend, other).subjectId();
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "insert into follows (follower_user_id, followee_user_id) select n, "
              + artist.userId()
              + " from generate_series("
              + FIRST_FOLLOWER
              + ", "
              + (FIRST_FOLLOWER + FOLLOWERS - 1)
              + ") n");
      statement.execute("analyze follows");
    }
    try (TestGateway gateway = TestGateway.start(database.url());
        TestClient atFan = TestClient.connect(gateway.port(), fansKey);
        TestClient atFriend = TestClient.connect(gateway.port(), friendsKey)) {
      TestGateway.Eventually.holds("all are in", 30, () -> gateway.metric("herald_cursors") == 2);
      long begin = System.nanoTime();
      String blast =
          platform.blast(artist, BlastAudience.of("follower_audience"), "to all").subjectId();
      String message = platform.message(other, chat, "behind it").subjectId();
      atFriend.awaitMessage(message);
      long behindNanos = System.nanoTime() - begin;
      atFan.awaitMessage(blast);
      System.out.printf(
          "a blast to %,d followers: %,d ms until it arrived, %,d ms for a message behind it%n",
          FOLLOWERS, (System.nanoTime() - begin) / 1_000_000, behindNanos / 1_000_000);
      assertThat(atFriend.received()).hasSize(1);
    }
  }
}
