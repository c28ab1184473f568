package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.fanout.Event;
import herald.protocol.ParsedRpc;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whom the gap concerns that stands for several blasts of one sender. */
class BlastGapIT {
  private static final long LATE_MICROS = 4_000_000_000_000_000L;

  private final SecureRandom random = new SecureRandom();
  private final Platform platform;
  private final BlastGapReader reader;
  private final PlatformUser artist;

  BlastGapIT() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    platform = new Platform(database.dataSource());
    reader = new BlastGapReader(database.dataSource(), 60_000);
    Community community = new Community(database.dataSource());
    artist = user(community, 1);
    PlatformUser follower = user(community, 2);
    PlatformUser partner = user(community, 3);
    PlatformUser stranger = user(community, 4);
    community.follow(follower, artist);
    platform.createChat(artist, partner);
    platform.createChat(partner, stranger);
  }

  private PlatformUser user(Community community, int id) throws SQLException {
    return community.createUser(id, "user" + id, WalletKey.random(random).wallet());
  }

  private Event gap(long fromMicros, long toMicros) throws SQLException {
    ParsedRpc rpc = new ParsedRpc("chat.blast", null, null, null, "b", null);
    RpcLog log = new RpcLog("sig", 1, "{}", rpc, 0, 0, List.of(1), null, Set.of(), 0);
    return reader.read(log, 1, new HeldRow.TimeSpan(fromMicros, toMicros));
  }

  private static List<Integer> concerned(Event event) {
    return event.audience().stream().boxed().toList();
  }

  @Test
  void itConcernsTheAudiencesTheSenderAndWhoeverIsInAChatWithTheSender() throws Exception {
    platform.blast(artist, BlastAudience.of("tipper_audience"), "to nobody");
    platform.blast(artist, BlastAudience.of("follower_audience"), "to a follower");
    assertThat(concerned(gap(1, LATE_MICROS))).containsExactly(1, 2, 3);
  }

  @Test
  void blastsOfAnotherTimeAreNoneOfIt() throws Exception {
    platform.blast(artist, BlastAudience.of("follower_audience"), "to a follower");
    assertThat(concerned(gap(1, 2))).containsExactly(1, 3);
  }

  @Test
  void tooManyAudiencesAreAFailure() throws Exception {
    try (PlatformTransaction transaction = platform.begin()) {
      for (int i = 0; i <= 100; i++) {
        transaction.blast(artist, BlastAudience.of("audience" + i), "to nobody");
      }
      transaction.commit();
    }
    assertThatThrownBy(() -> gap(1, LATE_MICROS)).isInstanceOf(IllegalStateException.class);
  }
}
