package herald.demo.platform;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The platform's people and what binds them: rows that the gateway reads and that no rpc log
 * announces. Each call is one transaction on a connection of its own. Any thread.
 */
public final class Community {
  private final DataSource database;

  /**
   * Writes to a database with Herald's schema.
   *
   * @param database with the right to write to all of its tables
   */
  public Community(DataSource database) {
    this.database = database;
  }

  /** Makes an account under the next free id. */
  public PlatformUser createUser(String handle, String wallet) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      SqlUpdates.update(connection, "lock table users in share row exclusive mode");
      String next =
          SqlUpdates.texts(connection, "select coalesce(max(user_id), 0) + 1 from users").get(0);
      PlatformUser user = user(Integer.parseInt(next), handle, wallet);
      insert(connection, List.of(user));
      connection.commit();
      return user;
    }
  }

  /** Makes an account under a given id. */
  public PlatformUser createUser(int userId, String handle, String wallet) throws SQLException {
    PlatformUser user = user(userId, handle, wallet);
    createUsers(List.of(user));
    return user;
  }

  /** Makes many accounts at once. */
  public void createUsers(List<PlatformUser> users) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      insert(connection, users);
      connection.commit();
    }
  }

  /** Closes an account. */
  public void deactivate(PlatformUser user) throws SQLException {
    write("update users set is_deactivated = true where user_id = ?", user.userId());
  }

  /** Gives an account the mark of the verified. */
  public void verify(PlatformUser user) throws SQLException {
    write("update users set is_verified = true where user_id = ?", user.userId());
  }

  /** Hides a chat from one member, as the platform does with unwanted ones, or shows it again. */
  public void setHidden(PlatformUser member, String chatId, boolean isHidden) throws SQLException {
    write(
        "update chat_member set is_hidden = ? where chat_id = ? and user_id = ?",
        isHidden,
        chatId,
        member.userId());
  }

  /** Takes a member out of a chat. */
  public void removeMember(PlatformUser member, String chatId) throws SQLException {
    write("delete from chat_member where chat_id = ? and user_id = ?", chatId, member.userId());
  }

  /** Lets one account follow another from now on. */
  public void follow(PlatformUser follower, PlatformUser followee) throws SQLException {
    write(
        "insert into follows (follower_user_id, followee_user_id) values (?, ?)"
            + " on conflict (follower_user_id, followee_user_id) where is_current"
            + " do update set is_delete = false, created_at = excluded.created_at",
        follower.userId(),
        followee.userId());
  }

  /** Ends a follow. */
  public void unfollow(PlatformUser follower, PlatformUser followee) throws SQLException {
    write(
        "update follows set is_delete = true where follower_user_id = ? and followee_user_id = ?",
        follower.userId(),
        followee.userId());
  }

  /** Records a tip. */
  public void tip(PlatformUser sender, PlatformUser receiver) throws SQLException {
    write(
        "insert into user_tips (sender_user_id, receiver_user_id) values (?, ?)",
        sender.userId(),
        receiver.userId());
  }

  /** Publishes a track under a given id. */
  public void createTrack(int trackId, PlatformUser owner) throws SQLException {
    write("insert into tracks (track_id, owner_id) values (?, ?)", trackId, owner.userId());
  }

  /** Says that one track remixes another. */
  public void remix(int childTrackId, int parentTrackId) throws SQLException {
    write(
        "insert into remixes (child_track_id, parent_track_id) values (?, ?)",
        childTrackId,
        parentTrackId);
  }

  /**
   * Records a purchase.
   *
   * @param contentType {@code track}, {@code playlist} or {@code album}
   */
  public void purchase(PlatformUser buyer, PlatformUser seller, String contentType, int contentId)
      throws SQLException {
    write(
        "insert into usdc_purchases (buyer_user_id, seller_user_id, content_type, content_id)"
            + " values (?, ?, ?::usdc_purchase_content_type, ?)",
        buyer.userId(),
        seller.userId(),
        contentType,
        contentId);
  }

  /** Gives an artist a coin. */
  public void createCoin(PlatformUser artist, String mint) throws SQLException {
    write("insert into artist_coins (mint, user_id) values (?, ?)", mint, artist.userId());
  }

  /** Sets how much of a coin an account holds. */
  public void setBalance(PlatformUser holder, String mint, long balance) throws SQLException {
    write(
        "insert into sol_user_balances (user_id, mint, balance) values (?, ?, ?)"
            + " on conflict (user_id, mint) do update set balance = excluded.balance",
        holder.userId(),
        mint,
        balance);
  }

  private void write(String sql, @Nullable Object... parameters) throws SQLException {
    try (Connection connection = database.getConnection()) {
      SqlUpdates.update(connection, sql, parameters);
    }
  }

  private static PlatformUser user(int userId, String handle, String wallet) {
    return new PlatformUser(userId, handle, wallet.toLowerCase(Locale.ROOT));
  }

  private static void insert(Connection connection, List<PlatformUser> users) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into users (user_id, handle, wallet, name) values (?, ?, ?, ?)")) {
      for (PlatformUser user : users) {
        insert.setInt(1, user.userId());
        insert.setString(2, user.handle());
        insert.setString(3, user.wallet());
        insert.setString(4, user.handle());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }
}
