package herald.gateway.stored;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import herald.demo.api.SignedRpcs;
import herald.demo.platform.Platform;
import herald.demo.platform.RpcLog;
import herald.demo.platform.SqlUpdates;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.stored.SignedTexts.SignedText;
import herald.gateway.stored.StoredEvents.Due;
import herald.gateway.testing.BothFeeds;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random signed texts, applied as the platform's API server applies them: what is stored is what a
 * model of Go's reading says, and exactly those get exactly what the tables say.
 *
 * <p>The seed is a new one each time; {@code -Dherald.stored.seed} repeats one.
 */
@SuppressWarnings("NullAway.Init") // set by start
@Timeout(300)
@BothFeeds
final class StoredEventsIT {
  private static final int TEXTS = Integer.getInteger("herald.stored.texts", 400);
  private static final int LARGEST_BATCH = 6;
  private static final int TEXTS_BETWEEN_AMNESTIES = 25;
  private static final int LONGEST_SHOWN = 2_000;

  /** What changes who gets what: the gateway looks at that a moment after the commit. */
  private static final Set<String> CHANGING =
      Set.of("chat.create", "chat.delete", "chat.permit", "chat.block", "chat.unblock");

  private final long seed = Long.getLong("herald.stored.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private SharedDatabase database;
  private Connection connection;
  private HikariDataSource writers;
  private Platform platform;
  private SignedRpcs rpcs;
  private People people;
  private StoredEvents stored;
  private Listeners listeners;

  /** What has been applied since everything had arrived, and what has to arrive of it. */
  private final List<String> applied = new ArrayList<>();

  private final List<Due> due = new ArrayList<>();
  private final List<Due> possible = new ArrayList<>();
  private final Set<String> reactedTo = new HashSet<>();
  private int storedCount;
  private int dueCount;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    connection = database.connect();
    writers = new HikariDataSource();
    writers.setDataSource(database.dataSource());
    platform = new Platform(writers);
    rpcs = new SignedRpcs(platform);
    people = new People(database, platform);
    stored = new StoredEvents(connection);
    listeners = new Listeners(database, platform, people);
  }

  @AfterEach
  void stop() throws Exception {
    listeners.close();
    connection.close();
    writers.close();
  }

  @Test
  void exactlyThoseGetExactlyWhatTheTablesSay() throws Exception {
    SignedTexts texts = new SignedTexts(random, people);
    try {
      for (int i = 0; i < TEXTS; i++) {
        if (i % TEXTS_BETWEEN_AMNESTIES == 0) {
          awaitDue();
          database.execute(
              "delete from chat_blocked_users; delete from chat_permissions;"
                  + " update chat_member set is_hidden = false");
        }
        apply(texts.next());
        if (applied.size() > random.nextInt(LARGEST_BATCH)) {
          awaitDue();
        }
      }
      awaitDue();
      // What comes too late for its own turn comes in this one.
      awaitDue();
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ", after\n" + String.join("\n", applied), e);
    }
    // The texts are worth something: many are stored, and bring something.
    assertThat(storedCount).as("stored, with seed %d", seed).isGreaterThan(TEXTS / 4);
    assertThat(dueCount).as("due, with seed %d", seed).isGreaterThan(TEXTS / 8);
  }

  private void awaitDue() throws SQLException, InterruptedException {
    listeners.awaitExactly(due, possible);
    dueCount += due.size();
    applied.clear();
    due.clear();
    possible.clear();
    reactedTo.clear();
  }

  /** Applies one text, checks what has become of it, and notes what it has to bring. */
  private void apply(SignedText text) throws SQLException, InterruptedException {
    Optional<GoReading> reading = GoReading.of(text.text());
    boolean isChanging =
        reading.map(read -> CHANGING.contains(read.method())).orElse(false) || isSomebodyHidden();
    String reactionTo =
        reading
            .filter(read -> read.method().equals("chat.react"))
            .map(read -> read.param("message_id"))
            .orElse(null);
    // A reaction that is overwritten before the gateway has read it need not arrive.
    if (isChanging || reactedTo.contains(reactionTo)) {
      awaitDue();
    }
    if (reactionTo != null) {
      reactedTo.add(reactionTo);
    }
    applied.add(shortened("user " + text.signer().userId() + " signs " + text.text()));
    Prediction prediction =
        new Prediction(connection, text.signer(), people.secondAccount(), reading);
    Boolean isToBeStored = prediction.isToBeStored();
    Set<List<@Nullable String>> before = stored.reactions();
    Optional<RpcLog> log =
        rpcs.apply(
            text.signer(), text.text(), platform.now().minus(text.lateMillis(), ChronoUnit.MILLIS));
    if (isToBeStored != null) {
      assertThat(log.isPresent()).as("it is stored").isEqualTo(isToBeStored);
    }
    if (log.isPresent()) {
      storedCount++;
      prediction.checkRows(log.get());
      due.addAll(stored.of(log.get()));
      if (reactionTo != null) {
        noteTakenAway(log.get(), prediction.senderId(), reactionTo, before);
      }
    }
    if (isChanging) {
      awaitDue();
    }
  }

  /**
   * No row says that a reaction was taken away: then one was there before. Where none was, the
   * gateway may say once more that there is none.
   */
  private void noteTakenAway(
      RpcLog log, int senderId, String messageId, Set<List<@Nullable String>> before)
      throws SQLException {
    String chatId =
        SqlUpdates.texts(
                connection, "select chat_id from chat_message where message_id = ?", messageId)
            .get(0);
    List<@Nullable String> reaction = List.of(String.valueOf(senderId), messageId, chatId);
    if (!stored.reactions().contains(reaction)) {
      (before.contains(reaction) ? due : possible)
          .addAll(stored.reaction(log, senderId, chatId, messageId, null));
    }
  }

  /** Who has cleared a chat sees it again with the next message there. */
  private boolean isSomebodyHidden() throws SQLException {
    return !SqlUpdates.texts(connection, "select 1 from chat_member where is_hidden limit 1")
        .isEmpty();
  }

  private static String shortened(String text) {
    return text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "…" : text;
  }
}
