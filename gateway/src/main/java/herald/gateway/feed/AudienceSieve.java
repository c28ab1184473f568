package herald.gateway.feed;

import herald.gateway.database.TransactionSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * Decides for most of a large audience whom the sender may write to, by reading whole relations: a
 * look-up for each of a million users takes PostgreSQL several seconds, and to read a million
 * permissions one after the other half a second. What it decides is what {@link AudienceQuery}
 * would decide for the user alone; the others it leaves open. One use, one thread.
 */
final class AudienceSieve {
  /**
   * To look up a user costs as much as to read ten rows one after the other. Where there are more
   * permissions than that for each candidate, all candidates are left open.
   */
  private static final int ROWS_PER_LOOK_UP = 10;

  /** As the statistics have it; -1 while there are none. */
  private static final String PERMISSIONS_IN_TABLE =
      "select reltuples from pg_class where oid = 'chat_permissions'::regclass";

  private static final String PERMISSIONS =
      """
      select permits, allowed, string_agg(int4send(user_id), '') from chat_permissions
      where user_id between ? and ?
      group by permits, allowed, user_id >> 16
      """;

  /**
   * To whom a permission of a kind is given: for each, whether that is certain, and the users. It
   * is not certain for those who follow no longer: {@code chat_allowed} has the say.
   */
  private static final Map<String, String> RELATIONS =
      Map.of(
          "followees",
          """
          select not is_delete, string_agg(int4send(follower_user_id), '') from follows
          where followee_user_id = ? and is_current
          group by is_delete, follower_user_id >> 16
          """,
          "followers",
          """
          select not is_delete, string_agg(int4send(followee_user_id), '') from follows
          where follower_user_id = ? and is_current
          group by is_delete, followee_user_id >> 16
          """,
          "tippees",
          """
          select true, string_agg(int4send(sender_user_id), '') from user_tips
          where receiver_user_id = ?
          group by sender_user_id >> 16
          """,
          "tippers",
          """
          select true, string_agg(int4send(receiver_user_id), '') from user_tips
          where sender_user_id = ?
          group by receiver_user_id >> 16
          """);

  private static final String IS_VERIFIED =
      "select int4send(user_id) from users where user_id = ? and is_current and is_verified";

  private final Connection connection;
  private final int sender;
  private final RoaringBitmap candidates;
  private final int many;

  private final RoaringBitmap allowed = new RoaringBitmap();
  private final RoaringBitmap open = new RoaringBitmap();

  /**
   * What has come of it.
   *
   * @param allowed to whom the sender may write
   * @param open of whom it is not known; to all others the sender may not write
   */
  record Sieved(RoaringBitmap allowed, RoaringBitmap open) {}

  /**
   * Reads nothing yet.
   *
   * @param connection in a transaction that allows sequential scans
   * @param many fewer users than that are left open, rather than that a relation is read for them
   */
  AudienceSieve(Connection connection, int sender, RoaringBitmap candidates, int many) {
    this.connection = connection;
    this.sender = sender;
    this.candidates = candidates;
    this.many = many;
  }

  /** Decides what it can. */
  Sieved sieve() throws SQLException {
    if (permissionsInTable() / ROWS_PER_LOOK_UP > candidates.getCardinality()) {
      return new Sieved(allowed, candidates);
    }
    TransactionSettings.planForParameters(connection);
    TransactionSettings.groupByHashing(connection);
    // A bitmap takes a negative id, which a row may have by mistake, for one above all others.
    boolean hasNegative = candidates.last() < 0;
    RoaringBitmap restricted = new RoaringBitmap();
    Map<String, RoaringBitmap> permitting = new HashMap<>();
    PackedUsers.forEachRow(
        connection,
        PERMISSIONS,
        (row, users) -> {
          users.and(candidates);
          restricted.or(users);
          if (row.getBoolean(2)) {
            permitting.computeIfAbsent(row.getString(1), kind -> new RoaringBitmap()).or(users);
          }
        },
        hasNegative ? Integer.MIN_VALUE : candidates.first(),
        hasNegative ? Integer.MAX_VALUE : candidates.last());
    allowed.or(RoaringBitmap.andNot(candidates, restricted));
    for (Map.Entry<String, RoaringBitmap> kind : permitting.entrySet()) {
      decide(kind.getKey(), kind.getValue());
    }
    open.andNot(allowed);
    refuse(RoaringBitmap.andNot(RoaringBitmap.andNot(restricted, allowed), open));
    return new Sieved(allowed, open);
  }

  private double permissionsInTable() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(PERMISSIONS_IN_TABLE)) {
      row.next();
      return row.getDouble(1);
    }
  }

  /** Decides for the users who have given permission to those of a kind. */
  private void decide(String kind, RoaringBitmap users) throws SQLException {
    String relation = RELATIONS.get(kind);
    if (kind.equals("all")) {
      allowed.or(users);
    } else if (kind.equals("verified")) {
      if (!PackedUsers.read(connection, IS_VERIFIED, sender).isEmpty()) {
        allowed.or(users);
      }
    } else if (relation != null && users.getCardinality() >= many) {
      PackedUsers.forEachRow(
          connection,
          relation,
          (row, related) -> {
            related.and(users);
            (row.getBoolean(1) ? allowed : open).or(related);
          },
          sender);
    } else if (!kind.equals("none")) {
      open.or(users);
    }
  }

  /** None of their permissions is for the sender, which only a chat that both share outweighs. */
  private void refuse(RoaringBitmap users) throws SQLException {
    if (users.getCardinality() >= many) {
      users.and(AudienceQuery.partners(connection, sender));
    }
    open.or(users);
  }
}
