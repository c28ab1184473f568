package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Committed;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.fanout.Event;
import herald.protocol.EncodedEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A new chat with somebody who has sent very much: what is read of it is bounded. */
@SuppressWarnings("NullAway.Init") // set by start
class NewChatReaderIT {
  private static final BlastAudience FOLLOWERS = BlastAudience.of("follower_audience");
  private static final int HALF = NewChatReader.MAX_BYTES / 2;
  private static final int MOST_BLASTS = NewChatReader.MAX_BYTES / 1_024;

  private SharedDatabase database;
  private Platform platform;
  private PlatformUser artist;
  private PlatformUser fan;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    platform = new Platform(database.dataSource());
    Community community = new Community(database.dataSource());
    artist = community.createUser(1, "artist", "0xa");
    fan = community.createUser(2, "fan", "0xb");
    community.follow(fan, artist);
  }

  private String blast(int bytes) throws Exception {
    return platform.blast(artist, FOLLOWERS, "x".repeat(bytes)).subjectId();
  }

  private NewChatReader.Found readNewChat() throws Exception {
    Committed created = platform.createChat(fan, artist);
    RpcLog log =
        new RpcLogReader(database.dataSource(), null)
            .read(Map.of(created.sig(), 0L))
            .found()
            .get(0);
    return new NewChatReader(database.dataSource(), null).read(log, created.subjectId());
  }

  private static String text(Event event) {
    EncodedEvent encoded = event.encoded();
    return new String(encoded.head(), StandardCharsets.UTF_8)
        + new String(encoded.middle(), StandardCharsets.UTF_8)
        + new String(encoded.tail(), StandardCharsets.UTF_8);
  }

  @Test
  void theNewestTextsThatFitAreReadAndTheOthersAreOneGap() throws Exception {
    String oldest = blast(10);
    String tooMuch = blast(HALF + 10_000);
    String old = blast(HALF - 10_000);
    String newest = blast(10);
    NewChatReader.Found found = readNewChat();
    List<String> texts = found.events().stream().map(NewChatReaderIT::text).toList();
    assertThat(found.isCutShort()).isTrue();
    assertThat(texts).hasSize(3);
    assertThat(texts.get(0)).contains("gateway.gap").doesNotContain(oldest).doesNotContain(tooMuch);
    assertThat(texts.get(1).contains(old)).isTrue();
    assertThat(texts.get(1).length()).isGreaterThan(HALF - 10_000);
    assertThat(texts.get(2)).contains(newest);
    assertThat(found.events().get(0).audience().stream().boxed())
        .as("the gap is for those who would have got them")
        .containsExactly(fan.userId());
  }

  @Test
  void veryManySmallOnesAreBoundedInNumber() throws Exception {
    database.execute(
        "insert into chat_blast (blast_id, from_user_id, audience, plaintext, created_at)"
            + " select 'b' || n, 1, 'follower_audience', 'x', now() + n * interval '1 millisecond'"
            + " from generate_series(1, "
            + 2 * MOST_BLASTS
            + ") n");
    NewChatReader.Found found = readNewChat();
    assertThat(found.events()).hasSizeBetween(MOST_BLASTS * 9 / 10, MOST_BLASTS);
    assertThat(found.isCutShort()).isTrue();
    assertThat(text(found.events().get(0))).contains("gateway.gap");
    assertThat(text(found.events().get(1))).contains("chat.message");
  }

  @Test
  void whoHasSentFewBeforeThemIsToldOfByAGapToo() throws Exception {
    new Community(database.dataSource()).follow(artist, fan);
    platform.blast(fan, FOLLOWERS, "to the artist");
    database.execute(
        "insert into chat_blast (blast_id, from_user_id, audience, plaintext, created_at)"
            + " select 'b' || n, 1, 'follower_audience', 'x', now() + n * interval '1 millisecond'"
            + " from generate_series(1, "
            + 2 * MOST_BLASTS
            + ") n");
    List<Event> gaps =
        readNewChat().events().stream().filter(e -> text(e).contains("gateway.gap")).toList();
    assertThat(gaps).hasSize(2);
    assertThat(gaps.get(0).audience().stream().boxed()).containsExactly(artist.userId());
    assertThat(gaps.get(1).audience().stream().boxed()).containsExactly(fan.userId());
  }

  @Test
  void whatFitsIsReadWhole() throws Exception {
    String one = blast(1_000);
    String two = blast(2_000);
    NewChatReader.Found found = readNewChat();
    assertThat(found.isCutShort()).isFalse();
    assertThat(found.events()).hasSize(2);
    assertThat(text(found.events().get(0))).contains(one).doesNotContain("gateway.gap");
    assertThat(text(found.events().get(1))).contains(two);
  }
}
