package herald.demo.platform;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Plays the platform's API server: each operation and its rpc log in one transaction on a
 * connection of its own. Any thread. What each operation writes is said in {@link
 * PlatformTransaction}.
 */
public final class Platform {
  private final DataSource database;
  private final Clock clock;

  /**
   * Writes to a database with Herald's schema.
   *
   * @param database with the right to write to all of its tables; pooled where speed matters
   */
  public Platform(DataSource database) {
    this(database, Clock.systemUTC());
  }

  /**
   * Writes with the times of {@code clock}.
   *
   * @param clock in the zone UTC
   */
  public Platform(DataSource database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /** UTC, in the microseconds that a column holds. */
  public LocalDateTime now() {
    return now(clock);
  }

  static LocalDateTime now(Clock clock) {
    return LocalDateTime.now(clock).truncatedTo(ChronoUnit.MICROS);
  }

  /** Something done inside a transaction. */
  @FunctionalInterface
  public interface Operation {
    /** Writes through {@code transaction} without committing. */
    Written writeTo(PlatformTransaction transaction) throws SQLException;
  }

  /** Opens a transaction that the caller commits when it likes. */
  public PlatformTransaction begin() throws SQLException {
    Connection connection = database.getConnection();
    try {
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      try (connection) {
        throw e;
      }
    }
    return new PlatformTransaction(connection, clock);
  }

  /** Does one operation and commits it. */
  public Committed commit(Operation operation) throws SQLException {
    try (PlatformTransaction transaction = begin()) {
      Written written = operation.writeTo(transaction);
      return new Committed(written.sig(), written.subjectId(), transaction.commit());
    }
  }

  /** See {@link PlatformTransaction#createChat}. */
  public Committed createChat(PlatformUser inviter, PlatformUser... others) throws SQLException {
    return commit(transaction -> transaction.createChat(inviter, others));
  }

  /** See {@link PlatformTransaction#message}. */
  public Committed message(PlatformUser sender, String chatId, String text) throws SQLException {
    return commit(transaction -> transaction.message(sender, chatId, text));
  }

  /** See {@link PlatformTransaction#react}. */
  public Committed react(
      PlatformUser sender, String chatId, String messageId, @Nullable String reaction)
      throws SQLException {
    return commit(transaction -> transaction.react(sender, chatId, messageId, reaction));
  }

  /** See {@link PlatformTransaction#blast}. */
  public Committed blast(PlatformUser sender, BlastAudience audience, String text)
      throws SQLException {
    return commit(transaction -> transaction.blast(sender, audience, text));
  }

  /** See {@link PlatformTransaction#read}. */
  public Committed read(PlatformUser reader, String chatId) throws SQLException {
    return commit(transaction -> transaction.read(reader, chatId));
  }

  /** See {@link PlatformTransaction#delete}. */
  public Committed delete(PlatformUser member, String chatId) throws SQLException {
    return commit(transaction -> transaction.delete(member, chatId));
  }

  /** See {@link PlatformTransaction#permit}. */
  public Committed permit(PlatformUser user, String permit, boolean allowed) throws SQLException {
    return commit(transaction -> transaction.permit(user, permit, allowed));
  }

  /** See {@link PlatformTransaction#block}. */
  public Committed block(PlatformUser blocker, PlatformUser blockee) throws SQLException {
    return commit(transaction -> transaction.block(blocker, blockee));
  }

  /** See {@link PlatformTransaction#unblock}. */
  public Committed unblock(PlatformUser blocker, PlatformUser blockee) throws SQLException {
    return commit(transaction -> transaction.unblock(blocker, blockee));
  }

  /** See {@link PlatformTransaction#append}. */
  public Committed append(RpcLog row) throws SQLException {
    return commit(transaction -> transaction.append(row));
  }
}
