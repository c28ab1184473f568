package herald.gateway.feed;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Finds which blasts and new chats may concern one user, with one query for all of a kind. Each of
 * them takes several queries to read, and most concern others: without this, somebody's thousand
 * blasts to nobody would use up the time of everybody's replay.
 */
final class ReplayFilter {
  private static final String BLASTS =
      """
      select n.place
      from unnest(?::text[], ?::int[]) with ordinality n(blast_id, sender, place)
      where n.sender = ?
        or exists (
          select from chat_blast_audience(n.blast_id) a where a.to_user_id = ?)
        or exists (
          select from chat_member o
          join chat_member s on s.chat_id = o.chat_id and s.user_id = n.sender
          join chat_message m on m.message_id = n.blast_id || o.chat_id
          where o.user_id = ?)
      """;

  private static final String CHATS =
      """
      select n.place
      from unnest(?::text[]) with ordinality n(chat_id, place)
      where exists (
        select from chat_member c where c.chat_id = n.chat_id and c.user_id = ?)
      """;

  private final DataSource database;
  private final int userId;

  ReplayFilter(DataSource database, int userId) {
    this.database = database;
    this.userId = userId;
  }

  /**
   * Those of these decisions that may concern the user, compared by identity. Where that can't be
   * told, because a row is broken or the database takes too long, all may: each is then read alone.
   */
  Set<EventFactory.Decision> mayConcern(Collection<EventFactory.Decision> decisions)
      throws SQLException {
    List<EventFactory.Decision.Blast> blasts = new ArrayList<>();
    List<EventFactory.Decision.Create> creates = new ArrayList<>();
    Set<EventFactory.Decision> concerning = Collections.newSetFromMap(new IdentityHashMap<>());
    for (EventFactory.Decision decision : decisions) {
      if (decision instanceof EventFactory.Decision.Blast blast) {
        blasts.add(blast);
      } else if (decision instanceof EventFactory.Decision.Create create) {
        creates.add(create);
      } else {
        concerning.add(decision);
      }
    }
    if (blasts.isEmpty() && creates.isEmpty()) {
      return concerning;
    }
    try (Connection connection = database.getConnection()) {
      if (!blasts.isEmpty()) {
        blasts(connection, blasts).forEach(place -> concerning.add(blasts.get(place)));
      }
      if (!creates.isEmpty()) {
        chats(connection, creates).forEach(place -> concerning.add(creates.get(place)));
      }
    } catch (SQLException e) {
      if (DatabaseRetry.isOfConnection(e)) {
        throw e;
      }
      concerning.addAll(decisions);
    }
    return concerning;
  }

  private Set<Integer> blasts(Connection connection, List<EventFactory.Decision.Blast> blasts)
      throws SQLException {
    Object[] ids = blasts.stream().map(EventFactory.Decision.Blast::blastId).toArray();
    Object[] senders = blasts.stream().map(EventFactory.Decision.Blast::senderUserId).toArray();
    try (PreparedStatement statement = connection.prepareStatement(BLASTS)) {
      statement.setArray(1, connection.createArrayOf("text", ids));
      statement.setArray(2, connection.createArrayOf("int4", senders));
      statement.setInt(3, userId);
      statement.setInt(4, userId);
      statement.setInt(5, userId);
      return places(statement);
    }
  }

  private Set<Integer> chats(Connection connection, List<EventFactory.Decision.Create> creates)
      throws SQLException {
    Object[] ids = creates.stream().map(EventFactory.Decision.Create::chatId).toArray();
    try (PreparedStatement statement = connection.prepareStatement(CHATS)) {
      statement.setArray(1, connection.createArrayOf("text", ids));
      statement.setInt(2, userId);
      return places(statement);
    }
  }

  /** Indexes; PostgreSQL counts from one. */
  private static Set<Integer> places(PreparedStatement statement) throws SQLException {
    Set<Integer> places = new HashSet<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        places.add(row.getInt(1) - 1);
      }
    }
    return places;
  }
}
