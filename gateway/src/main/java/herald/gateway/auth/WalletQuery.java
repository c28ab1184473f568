package herald.gateway.auth;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Asks the database whose wallets these are: that of a wallet is its lowest active user id, unless
 * that user is banned. The directory and the revalidation ask the same, so that whoever is ended by
 * one is not let in by the other.
 */
final class WalletQuery {
  private static final String QUERY =
      "select wallet, user_id from (select wallet, min(user_id) as user_id from users"
          + " where wallet = any(?) and is_current and handle is not null and is_available"
          + " and not is_deactivated group by wallet) as found where not exists (select from"
          + " chat_ban where chat_ban.user_id = found.user_id and chat_ban.is_banned)";

  private WalletQuery() {}

  /** The users of these wallets; a wallet of nobody is not in the answer. */
  static Map<String, Integer> usersOf(Collection<String> wallets, DataSource database)
      throws SQLException {
    Map<String, Integer> users = new HashMap<>();
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(QUERY)) {
      Array array = connection.createArrayOf("text", wallets.toArray());
      statement.setArray(1, array);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          users.put(rows.getString(1), rows.getInt(2));
        }
      }
    }
    return users;
  }
}
