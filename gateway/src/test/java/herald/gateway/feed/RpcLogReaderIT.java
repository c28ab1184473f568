package herald.gateway.feed;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is read of a row together with others is bounded, however it is stored and what it names.
 */
@SuppressWarnings("NullAway.Init") // set by start
class RpcLogReaderIT {
  private static final int MAX_BYTES = 64 * 1024;

  /** Packed, less than 32 KB of it are stored. */
  private static final int VERY_COMPRESSIBLE_BYTES = 2_500_000;

  private static final Pattern BUFFERS = Pattern.compile("Buffers: shared hit=(\\d+)");

  private SharedDatabase database;
  private RpcLogReader withoutLargeTexts;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    withoutLargeTexts = RpcLogReader.ofSmallTexts(database.dataSource(), null);
  }

  private void insert(String sig, String text) throws Exception {
    try (Connection connection = database.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into rpc_log values (?, ?::json, '0xa', 'node', now(), now())")) {
      insert.setString(1, sig);
      insert.setString(2, text);
      insert.executeUpdate();
    }
  }

  private static String text(int bytes) {
    return "{\"method\":\"chat.read\",\"params\":{\"chat_id\":\"" + "x".repeat(bytes) + "\"}}";
  }

  private Map<String, RpcLog> read(String... sigs) throws Exception {
    Map<String, Long> wanted = new LinkedHashMap<>();
    for (String sig : sigs) {
      wanted.put(sig, 0L);
    }
    Map<String, RpcLog> found = new LinkedHashMap<>();
    for (RpcLog log : withoutLargeTexts.read(wanted).found()) {
      found.put(log.sig(), log);
    }
    assertThat(found.keySet()).containsExactly(sigs);
    return found;
  }

  /** How many pages PostgreSQL touches to read this row, once they are in memory. */
  private long pages(String sig) throws Exception {
    long pages = 0;
    try (Connection connection = database.connect()) {
      for (int time = 0; time < 2; time++) {
        pages = pages(connection, sig);
      }
    }
    return pages;
  }

  private static long pages(Connection connection, String sig) throws Exception {
    try (PreparedStatement explain =
        connection.prepareStatement("explain (analyze, buffers) " + RpcLogQuery.TEXT)) {
      explain.setArray(1, connection.createArrayOf("text", new String[] {sig}));
      explain.setArray(2, connection.createArrayOf("text", new String[1]));
      explain.setInt(3, MAX_BYTES);
      try (ResultSet lines = explain.executeQuery()) {
        while (lines.next()) {
          Matcher buffers = BUFFERS.matcher(lines.getString(1));
          if (buffers.find()) {
            // The first are those of the whole.
            return Long.parseLong(buffers.group(1));
          }
        }
      }
    }
    throw new AssertionError("the plan names no pages");
  }

  /** The first one is who has written, if the rpc log does not say it. */
  @Test
  void theUsersOfAWalletAreGivenInAscendingOrder() throws Exception {
    Community community = new Community(database.dataSource());
    for (int userId : new int[] {30, 10, 20}) {
      community.createUser(userId, "user" + userId, "0xa");
    }
    insert("row", text(10));
    assertThat(requireNonNull(read("row").get("row")).walletUsers()).containsExactly(10, 20, 30);
  }

  /** Its pieces, of 2 KB each, stand in pages of their own. */
  @Test
  void aTextThatMayBeLargeWhenItIsUnpackedIsNotUnpackedWithTheOthers() throws Exception {
    insert("small", text(10));
    insert("packed", text(VERY_COMPRESSIBLE_BYTES));
    assertThat(
            Integer.parseInt(
                database.query("select pg_column_size(rpc) from rpc_log where sig = 'packed'")))
        .isLessThan(MAX_BYTES / 2);
    assertThat(pages("packed")).isLessThanOrEqualTo(pages("small") + 1);
    Map<String, RpcLog> read = read("small", "packed");
    assertThat(requireNonNull(read.get("small")).isUnread()).isFalse();
    assertThat(requireNonNull(read.get("packed")).isUnread()).isTrue();
    RpcLog whole = requireNonNull(withoutLargeTexts.readWhole("packed", 0));
    assertThat(requireNonNull(whole.rpcJson()).length()).isGreaterThan(VERY_COMPRESSIBLE_BYTES);
  }

  /** Packed or not. */
  @ParameterizedTest
  @ValueSource(ints = {1, 1_000, 10_000, 60_000})
  void aSmallTextTravelsWithTheOthers(int bytes) throws Exception {
    insert("compressible", text(bytes));
    assertThat(requireNonNull(read("compressible").get("compressible")).isUnread()).isFalse();
  }

  /** Two rpc logs of one moment and sender: the message of the first is also the second's own. */
  @Test
  void aSmallTextThatNamesALargeMessageIsNotReadWithTheOthers() throws Exception {
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    PlatformUser alice = community.createUser(1, "alice", "0xa");
    PlatformUser bob = community.createUser(2, "bob", "0xb");
    String chat = platform.createChat(alice, bob).subjectId();
    String text = "x".repeat(200_000);
    String message = platform.message(alice, chat, text).subjectId();
    String named = "\"message_id\":\"" + message + "\"";
    String elsewhere = "\"Message_ID\":\"" + message + "\"";
    insert("small", "{\"method\":\"chat.message\",\"params\":{" + named + "}}");
    insert("other", "{\"method\":\"chat.message\",\"params\":{" + elsewhere + "}}");
    database.execute(
        "update rpc_log set relayed_at = (select created_at from chat_message where message_id = '"
            + message
            + "') where sig in ('small', 'other')");
    Map<String, RpcLog> read = read("small", "other");
    for (RpcLog log : read.values()) {
      assertThat(log.isUnread()).as(log.sig()).isTrue();
      assertThat(log.message()).as(log.sig()).isNull();
      RpcLog whole = requireNonNull(withoutLargeTexts.readWhole(log.sig(), 0));
      assertThat(requireNonNull(whole.message()).text()).isEqualTo(text);
    }
  }
}
