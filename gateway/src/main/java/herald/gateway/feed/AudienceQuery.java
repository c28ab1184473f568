package herald.gateway.feed;

import herald.gateway.database.ReadTransaction;
import herald.gateway.database.TransactionSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/** Whom a blast may concern, whether or not they have a chat with its sender. Any thread. */
final class AudienceQuery {
  /** As many users, or more, are not looked up one by one where it can be avoided. */
  private static final int MANY = 20_000;

  /** The audience without the sender and without those who have blocked or are blocked. */
  private static final String CANDIDATES =
      """
      select string_agg(int4send(a.to_user_id::int4), '')
      from (select ?::int4 as id) sender, chat_blast_audience(?) a
      where a.to_user_id <> sender.id
        and a.to_user_id not in (
          select blockee_user_id from chat_blocked_users where blocker_user_id = sender.id
          union all
          select blocker_user_id from chat_blocked_users where blockee_user_id = sender.id) %s
      group by a.to_user_id >> 16
      """;

  /**
   * Asking {@code chat_allowed} costs tens of microseconds. Its definition is applied here to those
   * for whom it is plain: 2 is a yes, 0 is a no unless both share a chat. The function is asked for
   * the rest, which are those with a permission that is not known here (1), and those who share a
   * chat.
   */
  private static final String ALLOWED =
      """
      select string_agg(int4send(a.to_user_id), '')
      from (select ?::int4 as id) sender, unnest(?::int4[]) a(to_user_id)
      where case coalesce((
            select max(case
              when not p.allowed or p.permits = 'none' then 0
              when p.permits = 'all' then 2
              when p.permits = 'followees' then coalesce((
                select case when f.is_delete then 1 else 2 end from follows f
                where f.follower_user_id = a.to_user_id and f.followee_user_id = sender.id
                  and f.is_current limit 1), 0)
              when p.permits = 'followers' then coalesce((
                select case when f.is_delete then 1 else 2 end from follows f
                where f.follower_user_id = sender.id and f.followee_user_id = a.to_user_id
                  and f.is_current limit 1), 0)
              when p.permits = 'tippees' then case when exists (
                select from user_tips t
                where t.sender_user_id = a.to_user_id and t.receiver_user_id = sender.id)
                then 2 else 0 end
              when p.permits = 'tippers' then case when exists (
                select from user_tips t
                where t.sender_user_id = sender.id and t.receiver_user_id = a.to_user_id)
                then 2 else 0 end
              when p.permits = 'verified' then case when exists (
                select from users u where u.user_id = sender.id and u.is_current and u.is_verified)
                then 2 else 0 end
              else 1 end)
            from chat_permissions p where p.user_id = a.to_user_id), 2)
          when 2 then true
          when 1 then chat_allowed(sender.id, a.to_user_id)
          else exists (
              select from chat_member r
              join chat_member s on s.chat_id = r.chat_id and s.user_id = sender.id
              where r.user_id = a.to_user_id)
            and chat_allowed(sender.id, a.to_user_id)
          end
      group by a.to_user_id >> 16
      """;

  private static final String PARTNERS =
      """
      select string_agg(int4send(o.user_id), '')
      from chat_member s join chat_member o using (chat_id)
      where s.user_id = ?
      group by o.user_id >> 16
      """;

  private AudienceQuery() {}

  /**
   * Begins a transaction of one snapshot, in which an audience may be read.
   *
   * @param timeoutMillis the longest that one statement may take
   */
  static ReadTransaction begin(DataSource database, int timeoutMillis) throws SQLException {
    ReadTransaction transaction = ReadTransaction.beginOfOneSnapshot(database);
    try {
      TransactionSettings.setTimeout(transaction.connection(), timeoutMillis);
      TransactionSettings.allowSequentialScans(transaction.connection());
      return transaction;
    } catch (SQLException | RuntimeException | Error e) {
      try (transaction) {
        throw e;
      }
    }
  }

  /** All who share a chat with the user, and the user, if there is a chat. */
  static RoaringBitmap partners(Connection connection, int userId) throws SQLException {
    return PackedUsers.read(connection, PARTNERS, userId);
  }

  /**
   * Reads it, as a stream.
   *
   * @param onlyUser whom to look for; null for everybody
   */
  static RoaringBitmap read(
      Connection connection, String blastId, int sender, @Nullable Integer onlyUser)
      throws SQLException {
    return allowed(connection, sender, candidates(connection, blastId, sender, onlyUser), MANY);
  }

  /** Whom the blast is for, whether or not the sender may write to them. */
  static RoaringBitmap candidates(
      Connection connection, String blastId, int sender, @Nullable Integer onlyUser)
      throws SQLException {
    String query = CANDIDATES.formatted(BlastReader.only("a.to_user_id", onlyUser));
    return PackedUsers.read(connection, query, sender, blastId);
  }

  /**
   * Those of the candidates whom the sender may write to.
   *
   * @param many from how many on they are sieved by whole relations first
   */
  static RoaringBitmap allowed(
      Connection connection, int sender, RoaringBitmap candidates, int many) throws SQLException {
    if (candidates.getCardinality() < many) {
      return lookedUp(connection, sender, candidates);
    }
    AudienceSieve.Sieved sieved = new AudienceSieve(connection, sender, candidates, many).sieve();
    RoaringBitmap allowed = sieved.allowed();
    allowed.or(lookedUp(connection, sender, sieved.open()));
    return allowed;
  }

  private static RoaringBitmap lookedUp(Connection connection, int sender, RoaringBitmap users)
      throws SQLException {
    if (users.isEmpty()) {
      return new RoaringBitmap();
    }
    return PackedUsers.read(
        connection,
        ALLOWED,
        sender,
        connection.createArrayOf("int4", Arrays.stream(users.toArray()).boxed().toArray()));
  }
}
