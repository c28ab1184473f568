package herald.benchmarks.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Commits rows of {@code rpc_log} through one connection. Not thread safe. */
public final class RowWriter implements AutoCloseable {
  private static final String MESSAGE =
      "insert into rpc_log (sig, rpc, from_wallet, relayed_by, relayed_at, applied_at)"
          + " values (?, ?::json, ?, ?, clock_timestamp() at time zone 'utc',"
          + " clock_timestamp() at time zone 'utc')";
  private static final String BLAST =
      "with blast as (insert into chat_blast (blast_id, from_user_id, audience, plaintext,"
          + " created_at) values (?, ?, 'follower_audience', 'blast', now())) "
          + MESSAGE;

  private final Connection connection;
  private final Population people;
  private final PreparedStatement message;
  private final PreparedStatement blast;

  /** Takes the connection, in its auto-commit mode, and closes it at the end. */
  public RowWriter(Connection connection, Population people) throws SQLException {
    this.connection = connection;
    this.people = people;
    message = connection.prepareStatement(MESSAGE);
    blast = connection.prepareStatement(BLAST);
  }

  /** Commits a blast to everybody that is planned for a moment, on System.nanoTime's clock. */
  public void blast(long plannedNanos, int eventBytes) throws SQLException {
    write(RpcRow.of(Mix.Kind.BLAST, 0, plannedNanos, people, eventBytes));
  }

  /** Writes one row; what has no auto-commit is gathered until {@link #commit}. */
  void write(RpcRow row) throws SQLException {
    boolean isBlast = row.blastId() != null;
    PreparedStatement statement = isBlast ? blast : message;
    int place = 1;
    if (isBlast) {
      statement.setString(place++, row.blastId());
      statement.setInt(place++, people.userId(people.artist()));
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

  /** Sends what is gathered, and commits. */
  void commit() throws SQLException {
    if (!connection.getAutoCommit()) {
      message.executeBatch();
      connection.commit();
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
