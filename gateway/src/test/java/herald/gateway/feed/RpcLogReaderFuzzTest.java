package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.FeedSettings;
import herald.protocol.MalformedRpcException;
import herald.protocol.ParsedRpc;
import herald.protocol.RpcParser;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;

/**
 * Any text that PostgreSQL takes into {@code rpc_log} is read, with the API server's reading of it,
 * and something becomes of it.
 */
@SuppressWarnings("NullAway.Init") // set before all
class RpcLogReaderFuzzTest {
  private static SharedDatabase database;
  private static RpcLogReader reader;

  private final EventFactory factory = new EventFactory(FeedSettings.defaults());

  @BeforeAll
  static void start() throws SQLException {
    database = SharedDatabase.fresh();
    reader = new RpcLogReader(database.dataSource(), null);
    database.execute(
        "insert into users (user_id, handle, wallet) values (1, 'a', '0xa');"
            + "insert into chat (chat_id, created_at, last_message_at) values ('c', now(), now());"
            + "insert into chat_message (message_id, chat_id, user_id, created_at, ciphertext)"
            + " values ('m', 'c', 1, '2026-01-01', 'words')");
  }

  @FuzzTest(maxDuration = "2m")
  void everyRowIsRead(byte[] bytes) throws SQLException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (!insert(text)) {
      return;
    }
    RpcLogReader.Reading reading = reader.read(Map.of("sig", 0L));
    assertThat(reading.found()).hasSize(1);
    RpcLog log = reading.found().get(0);
    assertThat(log.rpcJson()).isEqualTo(text);
    assertThat(log.rpc()).isEqualTo(parse(text));
    StoredMessage message = log.message();
    ParsedRpc rpc = log.rpc();
    if (rpc != null && (rpc.method().equals("chat.message") || rpc.method().equals("chat.react"))) {
      assertThat(message != null).isEqualTo("m".equals(rpc.messageId()));
    }
    assertThat(factory.decide(log)).isNotNull();
  }

  private static @Nullable ParsedRpc parse(String text) {
    try {
      return RpcParser.parse(text);
    } catch (MalformedRpcException e) {
      return null;
    }
  }

  /** Whether PostgreSQL takes the text. */
  private static boolean insert(String text) throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement statement =
            connection.prepareStatement(
                "insert into rpc_log values ('sig', ?::json, '0xa', 'bridge', '2026-01-01', now())"
                    + " on conflict (sig) do update set rpc = excluded.rpc")) {
      statement.setString(1, text);
      statement.executeUpdate();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
