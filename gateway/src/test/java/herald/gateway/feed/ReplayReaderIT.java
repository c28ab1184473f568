package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.FeedSettings;
import herald.gateway.config.ReplaySettings;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayMemory;
import herald.gateway.fanout.ReplayRequest;
import herald.protocol.EncodedEvent;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One user's past, and what of others is in the way. */
@SuppressWarnings("NullAway.Init") // set by start
class ReplayReaderIT {
  private static final int OF_OTHERS = 100;
  private static final int MORE_THAN_A_PAGE = 600;
  private static final long LONG_NANOS = 1L << 50;

  private static final long MEMORY_BYTES = 1_000_000;

  private final AtomicInteger connections = new AtomicInteger();
  private final ReplayMemory memory = new ReplayMemory(MEMORY_BYTES);
  private SharedDatabase database;
  private Community community;
  private Platform platform;
  private PlatformUser alice;
  private PlatformUser bob;
  private PlatformUser carol;
  private String chat;
  private long beginMicros;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    bob = community.createUser("bob", "0xb");
    carol = community.createUser("carol", "0xc");
    beginMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    chat = platform.createChat(alice, bob).subjectId();
  }

  /** Each query takes a connection. */
  private DataSource counting() {
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getConnection")) {
                connections.incrementAndGet();
              }
              try {
                return method.invoke(database.dataSource(), arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private Replay read(int maxEvents, BooleanSupplier isWanted) throws Exception {
    DataSource source = counting();
    ReplayReader reader =
        new ReplayReader(
            () -> source,
            FeedSettings.builder().queryTimeout(Duration.ofMinutes(1)).build(),
            ReplaySettings.builder().maxEvents(maxEvents).build(),
            memory,
            () -> 0,
            InstantSource.system());
    return reader.read(
        ReplayRequest.since(bob.userId(), beginMicros), System.nanoTime() + LONG_NANOS, isWanted);
  }

  private static List<String> texts(Replay replay) {
    return replay.events().stream().map(ReplayReaderIT::text).toList();
  }

  private static String text(EncodedEvent event) {
    return new String(event.head(), StandardCharsets.UTF_8)
        + new String(event.middle(), StandardCharsets.UTF_8)
        + new String(event.tail(), StandardCharsets.UTF_8);
  }

  @Test
  void whatConcernsOthersCountsForNothing() throws Exception {
    String message = platform.message(alice, chat, "the one").subjectId();
    for (int i = 0; i < OF_OTHERS; i++) {
      platform.blast(carol, BlastAudience.of("follower_audience"), "to nobody " + i);
    }
    for (int i = 0; i < 10; i++) {
      platform.createChat(alice, community.createUser("user" + i, "0x9" + i));
    }
    Replay replay = read(1, () -> true);
    assertThat(texts(replay)).singleElement().asString().contains(message);
    assertThat(replay.gap()).isNull();
    assertThat(connections.get()).as("nor is each of them read").isLessThan(OF_OTHERS / 5);
  }

  @Test
  void whatDoesNotFitIntoMemoryIsAGap() throws Exception {
    String text = "x".repeat(200_000);
    String old = platform.message(alice, chat, text).subjectId();
    String next = platform.message(alice, chat, text).subjectId();
    String last = platform.message(alice, chat, text).subjectId();
    Replay replay = read(100, () -> true);
    assertThat(memory.bytes()).isBetween(400_000L, MEMORY_BYTES / 2);
    List<String> texts = texts(replay);
    assertThat(texts).hasSize(2);
    assertThat(texts.get(0).contains(next)).isTrue();
    assertThat(texts.get(1).contains(last)).isTrue();
    assertThat(replay.gap()).as("of " + old).isNotNull();
    Replay another = read(100, () -> true);
    assertThat(another.events()).as("as long as nobody has taken the first").isEmpty();
    assertThat(another.gap()).isNotNull();
    replay.release();
    another.release();
    assertThat(memory.bytes()).isZero();
    assertThat(read(100, () -> true).events()).hasSize(2);
  }

  @Test
  void aReadingThatFailsHoldsNothing() throws Exception {
    platform.message(alice, chat, "one");
    AtomicInteger asked = new AtomicInteger();
    assertThatThrownBy(
            () ->
                read(
                    100,
                    () -> {
                      if (asked.incrementAndGet() > 1) {
                        throw new IllegalStateException();
                      }
                      return true;
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(memory.bytes()).isZero();
  }

  @Test
  void whatConcernsTheUserIsFoundAmongIt() throws Exception {
    community.follow(bob, carol);
    String first = platform.blast(carol, BlastAudience.of("follower_audience"), "1").subjectId();
    platform.blast(alice, BlastAudience.of("follower_audience"), "to nobody");
    String own = platform.blast(bob, BlastAudience.of("follower_audience"), "own").subjectId();
    community.follow(bob, alice);
    String inChat = platform.blast(alice, BlastAudience.of("follower_audience"), "2").subjectId();
    assertThat(texts(read(100, () -> true)))
        .satisfiesExactly(
            text -> assertThat(text).contains(first),
            text -> assertThat(text).contains(own),
            text -> assertThat(text).contains(inChat + chat));
  }

  /**
   * While a replay is read, two messages are committed. The later one is stamped by a clock that is
   * behind, and so stands where the reading has still to come; the earlier one where it has been.
   */
  @Test
  void nothingIsFoundBeforeWhatWasCommittedBeforeIt() throws Exception {
    Platform behind =
        new Platform(
            database.dataSource(), Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-9)));
    for (int i = 0; i < MORE_THAN_A_PAGE; i++) {
      platform.message(alice, chat, "before");
    }
    AtomicInteger asked = new AtomicInteger();
    Replay replay =
        read(
            10 * MORE_THAN_A_PAGE,
            () -> {
              if (asked.getAndIncrement() == 0) {
                write(platform, "earlier");
                write(behind, "later");
              }
              return true;
            });
    assertThat(replay.events()).hasSize(MORE_THAN_A_PAGE);
    assertThat(replay.gap()).isNull();
  }

  private void write(Platform by, String text) {
    try {
      by.message(alice, chat, text);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** The API server's reading of the text: the last of a member's names counts, in any case. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "message_id",
        "MESSAGE_ID",
        "Message_Id",
        "message\\u005fid",
        "me\u017f\u017fage_id"
      })
  void aMessageThatIsNotNamedFirstIsFound(String name) throws Exception {
    String message = platform.message(alice, chat, "named last").subjectId();
    database.execute(
        "update rpc_log set rpc ="
            + " '{\"method\":\"chat.message\",\"params\":{\"message_id\":\"other\",\""
            + name
            + "\":\""
            + message
            + "\"}}' where rpc::text like '%"
            + message
            + "%'");
    assertThat(texts(read(100, () -> true))).singleElement().asString().contains(message);
  }

  @Test
  void rowsThatNobodyCanReadAreNoGapAndCostNothing() throws Exception {
    String message = platform.message(alice, chat, "the one").subjectId();
    for (int i = 0; i < OF_OTHERS; i++) {
      for (String time : List.of("infinity", "-infinity", "294276-12-31 23:59:59.999999")) {
        database.execute(
            "insert into rpc_log values ('unreadable %d %s', '{\"method\":\"chat.create\"}', '0xa',"
                    .formatted(i, time)
                + " 'bridge', '%s', now())".formatted(time));
      }
    }
    Replay replay = read(100, () -> true);
    assertThat(texts(replay)).singleElement().asString().contains(message);
    assertThat(replay.gap()).isNull();
    assertThat(connections.get()).isLessThan(10);
  }

  @Test
  void itEndsWhenNobodyWaitsForIt() throws Exception {
    for (int i = 0; i < 10; i++) {
      platform.message(alice, chat, "message " + i);
    }
    assertThat(read(100, () -> false).events()).isEmpty();
  }
}
