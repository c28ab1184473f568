package herald.gateway.wal;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.WalSettings;
import herald.gateway.logging.Field;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requires what a server must have to be read by a slot: its settings, the role, the publication
 * and the slot. Makes the last two where that was asked for.
 */
public final class SlotSetup {
  private static final Logger LOG = LoggerFactory.getLogger(SlotSetup.class);

  private final WalSettings settings;

  /** Looks at nothing yet. */
  SlotSetup(WalSettings settings) {
    this.settings = settings;
  }

  /**
   * Looks once, before the start. A slot that is missing is not made here, but by whoever reads it:
   * that one has to know that it begins anew.
   *
   * @throws WalException if the log can't be read, with the reason
   * @throws SQLException if the server can't be asked
   */
  public static void require(DatabaseUrl url, int connectTimeoutMillis, WalSettings settings)
      throws SQLException, WalException {
    try (Connection connection = WalConnections.toPrimary(url, connectTimeoutMillis)) {
      SlotSetup setup = new SlotSetup(settings);
      LogServer server = requireServer(connection);
      if (server.keepsAllLog()) {
        LOG.warn(LogServer.unboundedSentence(settings.slot()));
      }
      setup.preparePublication(connection);
      setup.requireSlotOrMaking(SlotState.of(connection, settings.slot()));
    }
  }

  /**
   * Looks whether all is there, and makes what is missing if that was asked for.
   *
   * @return whether the slot has been made now, and so knows nothing of what was before
   */
  boolean prepare(Connection connection) throws SQLException, WalException {
    LogServer server = requireServer(connection);
    preparePublication(connection);
    SlotState state = SlotState.of(connection, settings.slot());
    requireSlotOrMaking(state);
    if (!state.isToBeMade()) {
      return false;
    }
    if (state.status() == SlotStatus.LOST) {
      drop(connection);
    }
    create(connection, server);
    return true;
  }

  private static LogServer requireServer(Connection connection) throws SQLException, WalException {
    LogServer server = LogServer.of(connection);
    String problem = server.problem();
    if (problem != null) {
      throw new WalException(problem);
    }
    return server;
  }

  private void requireSlotOrMaking(SlotState state) throws WalException {
    String problem = state.problem(settings.slot());
    if (problem != null) {
      requireMaking(problem, state.isToBeMade());
    }
  }

  private void preparePublication(Connection connection) throws SQLException, WalException {
    LogPublication publication = LogPublication.of(connection);
    String problem = publication.problem();
    if (problem != null) {
      requireMaking(problem, publication == LogPublication.ABSENT);
      execute(connection, LogPublication.CREATE);
      LOG.info("made the publication {}", Field.of("publication", WalSettings.PUBLICATION));
    } else if (publication == LogPublication.WIDE) {
      LOG.warn(LogPublication.wideSentence());
    }
  }

  /**
   * @param isToBeMade whether that would help
   */
  private void requireMaking(String problem, boolean isToBeMade) throws WalException {
    if (!isToBeMade) {
      throw new WalException(problem);
    }
    if (!settings.createsSlot()) {
      throw new WalException(problem + "; --create-slot makes what is missing");
    }
  }

  private void drop(Connection connection) throws SQLException {
    execute(connection, "select pg_drop_replication_slot('" + settings.slot() + "')");
    LOG.warn("dropped the invalidated replication slot {}", Field.of("slot", settings.slot()));
  }

  /** Waits for all transactions that are open: the log can be read only from a point without. */
  private void create(Connection connection, LogServer server) throws SQLException {
    LOG.info(
        "making the replication slot {}, which waits for all transactions that are open",
        Field.of("slot", settings.slot()));
    int timeoutMillis = connection.getNetworkTimeout();
    connection.setNetworkTimeout(Runnable::run, 0);
    execute(
        connection,
        "select pg_create_logical_replication_slot('"
            + settings.slot()
            + "', 'pgoutput'"
            + (server.hasFailoverSlots() ? ", false, false, true)" : ")"));
    connection.setNetworkTimeout(Runnable::run, timeoutMillis);
    LOG.info("made it; what was committed before is read from the table");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
