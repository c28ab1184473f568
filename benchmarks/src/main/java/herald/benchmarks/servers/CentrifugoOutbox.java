package herald.benchmarks.servers;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * The table in which a transaction leaves what Centrifugo is to publish. Centrifugo is notified of
 * it, reads it in the order of its key, and deletes what it has published.
 */
public final class CentrifugoOutbox {
  static final String TABLE = "centrifugo_outbox";
  static final String NOTIFICATION_CHANNEL = "centrifugo_outbox_inserted";

  /** Inserts the payload that is its only parameter. */
  public static final String INSERT =
      "insert into " + TABLE + " (method, payload, partition) values ('publish', ?::json, 0)";

  /** The channel of what concerns all. */
  public static final String EVERYBODY = "all";

  /** The name of {@link #channelOf} with a place for the number, as in a path of clients. */
  public static final String CHANNEL_OF_EACH_USER = "u{user}";

  /**
   * The payload is json and not jsonb, which would not keep the text as it is. An index of the
   * partition would be no use while there is one alone.
   */
  private static final String CREATE =
      "create table "
          + TABLE
          + " (id bigserial primary key, method text not null, payload json not null,"
          + " partition integer not null, created_at timestamptz not null default now())";

  private static final String ANNOUNCE =
      "create function announce_"
          + TABLE
          + "() returns trigger language plpgsql as $$ begin perform pg_notify('"
          + NOTIFICATION_CHANNEL
          + "', new.partition::text); return null; end $$";

  private static final String TRIGGER =
      "create trigger inserted after insert on "
          + TABLE
          + " for each row execute function announce_"
          + TABLE
          + "()";

  /** Nobody listens for the rpc log here, so that a commit announces one thing, as elsewhere. */
  private static final String NOTHING_ELSE =
      "alter table rpc_log disable trigger herald_rpc_log_inserted";

  private CentrifugoOutbox() {}

  /** Makes the table in a database of the driver's own, and has it announced instead of the log. */
  public static void create(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : new String[] {CREATE, ANNOUNCE, TRIGGER, NOTHING_ELSE}) {
        statement.execute(sql);
      }
    }
  }

  /** The channel of what concerns the user with this number. */
  public static String channelOf(int user) {
    return CHANNEL_OF_EACH_USER.replace("{user}", Integer.toString(user));
  }

  /**
   * What is to be inserted.
   *
   * @param text the event's text message, which is a JSON object
   */
  public static String payload(String channel, String text) {
    return "{\"channel\":\"" + channel + "\",\"data\":" + text + "}";
  }
}
