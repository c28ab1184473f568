package herald.benchmarks.load;

import herald.benchmarks.servers.CentrifugoOutbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Commits rows of {@code rpc_log}, with what the platform stores with each, through one connection.
 * Not thread safe.
 */
public final class RowWriter implements AutoCloseable {
  /** One moment for all that a transaction of the platform writes. */
  private static final String NOW =
      "with moment as (select clock_timestamp() at time zone 'utc' as now), stored as (";

  private static final String LOG =
      ") insert into rpc_log (sig, rpc, from_wallet, relayed_by, relayed_at, applied_at)"
          + " select ?, ?::json, ?, ?, now, now from moment";
  private static final String MESSAGE =
      NOW
          + "insert into chat_message (message_id, user_id, ciphertext, chat_id, created_at)"
          + " select ?, ?, ?, ?, now from moment";
  private static final String BLAST =
      NOW
          + "insert into chat_blast (blast_id, from_user_id, plaintext, audience, created_at)"
          + " select ?, ?, ?, 'follower_audience', now at time zone 'utc' from moment";

  /** In the same statement, so that a commit takes no message more. */
  private static final String PUBLISHED = "), published as (" + CentrifugoOutbox.INSERT;

  private final Connection connection;
  private final Population people;
  private final boolean publishes;
  private final PreparedStatement message;
  private final PreparedStatement blast;

  /** Takes the connection, in its auto-commit mode, and closes it at the end. */
  public RowWriter(Connection connection, Population people) throws SQLException {
    this(connection, people, false);
  }

  /**
   * Takes the connection, in its auto-commit mode, and closes it at the end.
   *
   * @param publishes whether each transaction also inserts its events into the database's {@link
   *     CentrifugoOutbox}
   */
  public RowWriter(Connection connection, Population people, boolean publishes)
      throws SQLException {
    this.connection = connection;
    this.people = people;
    this.publishes = publishes;
    String rest = publishes ? PUBLISHED + LOG : LOG;
    message = connection.prepareStatement(MESSAGE + rest);
    blast = connection.prepareStatement(BLAST + rest);
  }

  /** Commits a blast to everybody that is planned for a moment, on System.nanoTime's clock. */
  public void blast(long plannedNanos, int eventBytes) throws SQLException {
    write(RpcRow.of(Mix.Kind.BLAST, 0, plannedNanos, people, eventBytes));
  }

  /** Commits a blast of a user whom nobody follows. */
  public void blastToNobody(int eventBytes) throws SQLException {
    write(RpcRow.blastToNobody(people, eventBytes));
  }

  /** Commits a message of the first user to the second one. */
  public void message(int eventBytes) throws SQLException {
    write(RpcRow.of(Mix.Kind.CHAT, 0, 0, people, eventBytes));
  }

  /** Writes one row; what has no auto-commit is gathered until {@link #commit}. */
  void write(RpcRow row) throws SQLException {
    boolean isBlast = row.isBlast();
    PreparedStatement statement = isBlast ? blast : message;
    int place = 1;
    statement.setString(place++, row.subjectId());
    statement.setInt(place++, row.senderUserId());
    statement.setString(place++, row.text());
    if (!isBlast) {
      statement.setString(place++, row.chatId());
    }
    if (publishes) {
      statement.setString(place++, publication(row));
    }
    statement.setString(place++, row.sig());
    statement.setString(place++, row.rpc());
    statement.setString(place++, row.fromWallet());
    statement.setString(place, people.relayedBy());
    if (isBlast || connection.getAutoCommit()) {
      statement.executeUpdate();
    } else {
      statement.addBatch();
    }
  }

  /** Of a message in a chat of two, or of a blast to all. */
  private String publication(RpcRow row) {
    if (row.isBlast()) {
      return CentrifugoOutbox.payload(CentrifugoOutbox.EVERYBODY, row.eventText(people.hashId(0)));
    }
    // The members of a chat of two differ in the last bit of their numbers.
    int receiver = people.index(row.senderUserId()) ^ 1;
    return CentrifugoOutbox.payload(
        CentrifugoOutbox.channelOf(receiver), row.eventText(people.hashId(receiver)));
  }

  /** Sends what is gathered, and commits. */
  public void commit() throws SQLException {
    if (!connection.getAutoCommit()) {
      message.executeBatch();
      connection.commit();
    }
  }

  /** Has the database do what it does for what is gathered, and takes it back. */
  public void rollBack() throws SQLException {
    message.executeBatch();
    connection.rollback();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
