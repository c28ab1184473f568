package herald.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import herald.benchmarks.servers.CentrifugoOutbox;
import herald.demo.postgres.EmbeddedDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What a writer commits for Centrifugo. */
class RowWriterIT {
  private static final int EVENT_BYTES = 400;

  @Test
  void eachEventIsInTheOutboxForWhomItConcernsAndIsAnnouncedOnce() throws Exception {
    try (EmbeddedDatabase database = EmbeddedDatabase.start();
        Connection listening = database.connect()) {
      CentrifugoOutbox.create(database.dataSource());
      Population people = Population.create(database.dataSource(), 4, 2);
      listen(listening);
      try (RowWriter writer = new RowWriter(database.connect(), people, true)) {
        writer.write(RpcRow.of(Mix.Kind.CHAT, 1, 4_711, people, EVENT_BYTES));
        writer.blast(4_712, EVENT_BYTES);
      }
      List<String> payloads = texts(listening, "select payload from centrifugo_outbox order by id");
      // Of the second chat, whose members are the users 2 and 3; the first of them sends.
      assertThat(payloads.get(0))
          .startsWith("{\"channel\":\"u3\",\"data\":{")
          .contains("@4711@", "\"receiverUserId\":\"" + people.hashId(3) + '"');
      assertThat(payloads.get(1)).startsWith("{\"channel\":\"all\",\"data\":{").contains("@4712@");
      assertThat(payloads).hasSize(2);
      for (String payload : payloads) {
        assertThat(payload.substring(payload.indexOf("\"data\":") + 7)).hasSize(EVENT_BYTES + 1);
      }
      assertThat(texts(listening, "select count(*)::text from rpc_log")).containsExactly("2");
      assertThat(announced(listening))
          .containsExactly("centrifugo_outbox_inserted 0", "centrifugo_outbox_inserted 0");
    }
  }

  private static void listen(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("listen centrifugo_outbox_inserted; listen rpc_log_inserted");
    }
  }

  private static List<String> texts(Connection connection, String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  /** Commits that came before a query's answer are announced with it. */
  private static List<String> announced(Connection connection) throws SQLException {
    PGNotification[] all = connection.unwrap(PGConnection.class).getNotifications();
    return Arrays.stream(all == null ? new PGNotification[0] : all)
        .map(one -> one.getName() + ' ' + one.getParameter())
        .toList();
  }
}
