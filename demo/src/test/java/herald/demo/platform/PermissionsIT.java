package herald.demo.platform;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.postgres.SharedDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may write to whom, and who hears a blast: the two functions of the schema. */
final class PermissionsIT {
  private SharedDatabase database;
  private Platform platform;
  private Community community;
  private PlatformUser sender;
  private PlatformUser receiver;
  private PlatformUser other;

  @BeforeEach
  void createPeople() throws SQLException {
    database = SharedDatabase.fresh();
    platform = new Platform(database.dataSource());
    community = new Community(database.dataSource());
    sender = community.createUser("sender", "0x1");
    receiver = community.createUser("receiver", "0x2");
    other = community.createUser("other", "0x3");
  }

  @Test
  void whoHasSetNothingIsOpenToEverybody() throws SQLException {
    assertThat(isAllowed()).isTrue();
    platform.permit(receiver, "all", false);
    assertThat(isAllowed()).isFalse();
    platform.permit(receiver, "all", true);
    assertThat(isAllowed()).isTrue();
  }

  @Test
  void aBlockInEitherDirectionOutweighsEverything() throws SQLException {
    platform.permit(receiver, "all", true);
    platform.block(receiver, sender);
    assertThat(isAllowed()).isFalse();
    platform.unblock(receiver, sender);
    assertThat(isAllowed()).isTrue();
    platform.block(sender, receiver);
    assertThat(isAllowed()).isFalse();
  }

  @Test
  void nobodyIsNobody() throws SQLException {
    platform.permit(receiver, "none", true);
    assertThat(isAllowed()).isFalse();
  }

  @Test
  void followeesAreWhomTheReceiverFollows() throws SQLException {
    platform.permit(receiver, "followees", true);
    community.follow(sender, receiver);
    assertThat(isAllowed()).isFalse();
    community.follow(receiver, sender);
    assertThat(isAllowed()).isTrue();
    community.unfollow(receiver, sender);
    assertThat(isAllowed()).isFalse();
  }

  @Test
  void followersAreWhoFollowsTheReceiver() throws SQLException {
    platform.permit(receiver, "followers", true);
    community.follow(receiver, sender);
    assertThat(isAllowed()).isFalse();
    community.follow(sender, receiver);
    assertThat(isAllowed()).isTrue();
  }

  @Test
  void tippeesAreWhomTheReceiverTipped() throws SQLException {
    platform.permit(receiver, "tippees", true);
    community.tip(sender, receiver);
    assertThat(isAllowed()).isFalse();
    community.tip(receiver, sender);
    assertThat(isAllowed()).isTrue();
  }

  @Test
  void tippersAreWhoTippedTheReceiver() throws SQLException {
    platform.permit(receiver, "tippers", true);
    community.tip(receiver, sender);
    assertThat(isAllowed()).isFalse();
    community.tip(sender, receiver);
    assertThat(isAllowed()).isTrue();
  }

  @Test
  void theVerifiedAreMarkedOnTheSender() throws SQLException {
    platform.permit(receiver, "verified", true);
    community.verify(receiver);
    assertThat(isAllowed()).isFalse();
    community.verify(sender);
    assertThat(isAllowed()).isTrue();
  }

  @Test
  void oneOfSeveralPermitsIsEnough() throws SQLException {
    platform.permit(receiver, "verified", true);
    platform.permit(receiver, "tippers", true);
    community.tip(sender, receiver);
    assertThat(isAllowed()).isTrue();
    platform.permit(receiver, "tippers", false);
    assertThat(isAllowed()).isFalse();
  }

  @Test
  void aConversationStaysOpenUntilTheReceiverClearsIt() throws SQLException {
    platform.permit(receiver, "none", true);
    String chatId = platform.createChat(sender, receiver).subjectId();
    assertThat(isAllowed()).isFalse();
    platform.message(sender, chatId, "hi");
    assertThat(isAllowed()).isTrue();
    platform.delete(sender, chatId);
    assertThat(isAllowed()).isTrue();
    platform.delete(receiver, chatId);
    assertThat(isAllowed()).isFalse();
    platform.message(sender, chatId, "again");
    assertThat(isAllowed()).isTrue();
  }

  @Test
  void followersHearWhatWasSentAfterTheyFollowed() throws SQLException {
    community.follow(receiver, sender);
    community.follow(sender, sender);
    community.follow(sender, other);
    String blastId = blast("follower_audience");
    community.follow(other, sender);
    assertThat(audience(blastId)).containsExactly(receiver.userId());
    community.unfollow(receiver, sender);
    assertThat(audience(blastId)).isEmpty();
  }

  @Test
  void tippersHearWhatWasSentAfterTheyTipped() throws SQLException {
    community.tip(receiver, sender);
    community.tip(receiver, sender);
    community.tip(sender, other);
    String blastId = blast("tipper_audience");
    community.tip(other, sender);
    assertThat(audience(blastId)).containsExactly(receiver.userId());
  }

  @Test
  void remixersAreThoseOfOneTrackIfItIsNamed() throws SQLException {
    community.createTrack(1, sender);
    community.createTrack(2, sender);
    community.createTrack(11, receiver);
    community.createTrack(12, other);
    community.createTrack(13, other);
    community.remix(11, 1);
    community.remix(12, 2);
    community.remix(13, 11);
    assertThat(audience(blast("remixer_audience")))
        .containsExactly(receiver.userId(), other.userId());
    assertThat(audience(blast(new BlastAudience("remixer_audience", 1, "track"))))
        .containsExactly(receiver.userId());
    assertThat(audience(blast(new BlastAudience("remixer_audience", 1, "album")))).isEmpty();
  }

  @Test
  void customersAreThoseOfOneContentIfItIsNamed() throws SQLException {
    community.purchase(receiver, sender, "track", 1);
    community.purchase(receiver, sender, "track", 2);
    community.purchase(other, sender, "album", 1);
    community.purchase(sender, other, "album", 1);
    assertThat(audience(blast("customer_audience")))
        .containsExactly(receiver.userId(), other.userId());
    assertThat(audience(blast(new BlastAudience("customer_audience", 1, "track"))))
        .containsExactly(receiver.userId());
    assertThat(audience(blast(new BlastAudience("customer_audience", 1, "album"))))
        .containsExactly(other.userId());
  }

  @Test
  void coinHoldersHoldSome() throws SQLException {
    community.createCoin(sender, "coin");
    community.createCoin(other, "foreign");
    community.setBalance(receiver, "coin", 5);
    community.setBalance(other, "coin", 0);
    community.setBalance(other, "foreign", 5);
    String blastId = blast("coin_holder_audience");
    assertThat(audience(blastId)).containsExactly(receiver.userId());
    community.setBalance(receiver, "coin", 0);
    assertThat(audience(blastId)).isEmpty();
  }

  @Test
  void anUnknownBlastOrAudienceIsNobody() throws SQLException {
    community.follow(receiver, sender);
    assertThat(audience("unknown")).isEmpty();
    assertThat(audience(blast("everybody"))).isEmpty();
  }

  private boolean isAllowed() throws SQLException {
    return "t"
        .equals(
            database.query(
                "select chat_allowed(" + sender.userId() + ", " + receiver.userId() + ")"));
  }

  private String blast(String kind) throws SQLException {
    return blast(BlastAudience.of(kind));
  }

  private String blast(BlastAudience audience) throws SQLException {
    return platform.blast(sender, audience, "news").subjectId();
  }

  private List<Integer> audience(String blastId) throws SQLException {
    try (Connection connection = database.connect()) {
      return SqlUpdates.texts(
              connection,
              "select to_user_id from chat_blast_audience(?) order by to_user_id",
              blastId)
          .stream()
          .map(Integer::valueOf)
          .toList();
    }
  }
}
