package herald.gateway.feed;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/** Whom a blast may concern, whether or not they have a chat with its sender. Any thread. */
final class AudienceQuery {
  /** Of at most 256 KB each. */
  private static final int ROWS_AT_A_TIME = 16;

  /**
   * A row for each 65,536 users, which is what a bitmap keeps together, and in it those whom the
   * blast concerns, four bytes each: a row for each user would cost more than all the rest.
   *
   * <p>Asking {@code chat_allowed} costs tens of microseconds, and an audience may be millions. Its
   * definition is applied here to those for whom it is plain: 2 is a yes, 0 is a no unless both
   * share a chat. The function is asked for the rest, which are those with a permission that is not
   * known here (1), and those who share a chat.
   */
  private static final String AUDIENCE =
      """
      select string_agg(int4send(a.to_user_id::int4), '')
      from (select ?::int4 as id) sender, chat_blast_audience(?) a
      where a.to_user_id <> sender.id
        and a.to_user_id not in (
          select blockee_user_id from chat_blocked_users where blocker_user_id = sender.id
          union all
          select blocker_user_id from chat_blocked_users where blockee_user_id = sender.id)
        and case coalesce((
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
          end %s
      group by a.to_user_id >> 16
      """;

  private AudienceQuery() {}

  /**
   * Reads it, as a stream.
   *
   * @param onlyUser whom to look for; null for everybody
   */
  static RoaringBitmap read(
      Connection connection, String blastId, int sender, @Nullable Integer onlyUser)
      throws SQLException {
    RoaringBitmap audience = new RoaringBitmap();
    String query = AUDIENCE.formatted(BlastReader.only("a.to_user_id", onlyUser));
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setFetchSize(ROWS_AT_A_TIME);
      statement.setInt(1, sender);
      statement.setString(2, blastId);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          audience.or(RoaringBitmap.bitmapOfUnordered(integers(row.getBytes(1))));
        }
      }
    }
    return audience;
  }

  private static int[] integers(byte[] bigEndian) {
    int[] integers = new int[bigEndian.length / Integer.BYTES];
    ByteBuffer.wrap(bigEndian).asIntBuffer().get(integers);
    return integers;
  }
}
