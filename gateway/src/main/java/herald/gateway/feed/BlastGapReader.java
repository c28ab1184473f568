package herald.gateway.feed;

import herald.gateway.database.ReadTransaction;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.roaringbitmap.RoaringBitmap;

/** Finds whom the gap concerns that stands for several blasts of one sender. Any thread. */
final class BlastGapReader {
  /** Of blasts that are told of by one gap. */
  private static final int MOST_AUDIENCES = 100;

  /** Of the blasts of one user one for each audience that they have. */
  private static final String AUDIENCES =
      """
      select min(blast_id) from chat_blast
      where from_user_id = ?
        and created_at >= (timestamp 'epoch' + ? * interval '1 microsecond') at time zone 'utc'
        and created_at <= (timestamp 'epoch' + ? * interval '1 microsecond') at time zone 'utc'
      group by audience, audience_content_type, audience_content_id
      limit %d
      """
          .formatted(MOST_AUDIENCES + 1);

  private final DataSource database;
  private final int timeoutMillis;

  /**
   * @param timeoutMillis the longest that one of the statements may take
   */
  BlastGapReader(DataSource database, int timeoutMillis) {
    this.database = database;
    this.timeoutMillis = timeoutMillis;
  }

  /** Reads a blast itself with the given reader, and the gap in the place of several with this. */
  BlastExpander.Reader besides(BlastReader blasts) {
    return (blast, gap) ->
        gap == null
            ? blasts.read(blast.log(), blast.blastId(), blast.senderUserId())
            : List.of(read(blast.log(), blast.senderUserId(), gap));
  }

  /**
   * The gap in the place of several blasts of one sender, for all whom one of them may concern: the
   * audiences, and everybody who is in a chat with the sender.
   */
  Event read(RpcLog log, int sender, HeldRow.TimeSpan time) throws SQLException {
    RoaringBitmap concerned;
    List<String> blasts;
    try (ReadTransaction transaction = AudienceQuery.begin(database, timeoutMillis)) {
      concerned = AudienceQuery.partners(transaction.connection(), sender);
      blasts = audiences(transaction.connection(), sender, time);
    }
    // A snapshot keeps PostgreSQL from cleaning up, so each audience has one of its own.
    for (String blastId : blasts) {
      try (ReadTransaction transaction = AudienceQuery.begin(database, timeoutMillis)) {
        concerned.or(AudienceQuery.read(transaction.connection(), blastId, sender, null));
      }
    }
    concerned.add(sender);
    return new Event(
        EventBound.gap(time.fromMicros(), time.toMicros()),
        Audience.ofBlast(concerned),
        time.toMicros(),
        log.order(true));
  }

  private static List<String> audiences(Connection connection, int sender, HeldRow.TimeSpan time)
      throws SQLException {
    List<String> blasts = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(AUDIENCES)) {
      statement.setInt(1, sender);
      statement.setLong(2, time.fromMicros());
      statement.setLong(3, time.toMicros());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          blasts.add(row.getString(1));
        }
      }
    }
    if (blasts.size() > MOST_AUDIENCES) {
      throw new IllegalStateException("too many blasts, to too many audiences, at once");
    }
    return blasts;
  }
}
