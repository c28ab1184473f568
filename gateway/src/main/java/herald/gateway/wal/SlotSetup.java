package herald.gateway.wal;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.WalSettings;
import herald.gateway.logging.Field;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a server can be read by a slot: its settings, the role, the publication and the slot. It
 * makes the last two where that was asked for.
 */
public final class SlotSetup {
  private static final Logger LOG = LoggerFactory.getLogger(SlotSetup.class);

  /** A slot of this version may be kept on the standbys too. */
  private static final int FAILOVER_VERSION = 170_000;

  /** A provider may hand out the right by a role of its own instead of the attribute. */
  private static final String SETTINGS =
      """
      select current_setting('wal_level'),
        (select rolreplication or rolsuper from pg_roles where rolname = current_user)
          or exists (select from pg_roles
            where rolname = 'rds_replication' and pg_has_role(oid, 'member')),
        current_user,
        current_setting('max_slot_wal_keep_size') = '-1',
        current_setting('server_version_num')::int\
      """;

  /**
   * One row for each publication of the name, whether it hands out the inserts, and what of them.
   */
  private static final String PUBLICATION =
      """
      select p.pubinsert, coalesce(t.attnames @> array['sig']::name[], false),
        coalesce(cardinality(t.attnames), 0) > 1
      from pg_publication p
      left join pg_publication_tables t on t.pubname = p.pubname and t.tablename = 'rpc_log'
      where p.pubname = '%s'\
      """
          .formatted(WalSettings.PUBLICATION);

  private static final String CREATE_PUBLICATION =
      "create publication "
          + WalSettings.PUBLICATION
          + " for table rpc_log (sig) with (publish = 'insert')";

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
      setup.warnIfUnbounded(connection);
      int unusedVersion = setup.requireSettings(connection);
      setup.preparePublication(connection);
      boolean unusedAnswer = setup.isSlotToBeMade(connection);
    }
  }

  /** The log that a slot needs may fill the disk if nobody reads it. */
  private void warnIfUnbounded(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SETTINGS)) {
      if (row.next() && row.getBoolean(4)) {
        LOG.warn(
            "max_slot_wal_keep_size is -1: while nobody reads the slot {}, the server keeps its log"
                + " until the disk is full (expected: a size that the disk has room for)",
            Field.of("slot", settings.slot()));
      }
    }
  }

  /**
   * Looks whether all is there, and makes what is missing if that was asked for.
   *
   * @return whether the slot has been made now, and so knows nothing of what was before
   */
  boolean prepare(Connection connection) throws SQLException, WalException {
    int version = requireSettings(connection);
    preparePublication(connection);
    if (!isSlotToBeMade(connection)) {
      return false;
    }
    if (SlotState.of(connection, settings.slot()).status() == SlotStatus.LOST) {
      drop(connection);
    }
    create(connection, version);
    return true;
  }

  /**
   * Whether the slot is missing or invalidated.
   *
   * @throws WalException if it is, and is not to be made; or if it can't be used
   */
  private boolean isSlotToBeMade(Connection connection) throws SQLException, WalException {
    SlotState state = SlotState.of(connection, settings.slot());
    if (state.status() == SlotStatus.ABSENT) {
      requireCreation("there is no replication slot '" + settings.slot() + "'", "an existing slot");
    } else if (!state.isUsable()) {
      throw new WalException(
          "the replication slot '"
              + settings.slot()
              + "' is of another kind or database (expected: a logical slot of this database with"
              + " the plug-in pgoutput)");
    } else if (state.status() == SlotStatus.LOST) {
      requireCreation(
          "the replication slot '"
              + settings.slot()
              + "' has been invalidated: log that it needs has been removed",
          "a slot that is read before max_slot_wal_keep_size is reached");
    } else {
      return false;
    }
    return true;
  }

  private int requireSettings(Connection connection) throws SQLException, WalException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SETTINGS)) {
      row.next();
      String level = row.getString(1);
      if (!level.equals("logical")) {
        throw new WalException(
            "wal_level is '"
                + level
                + "' (expected: 'logical'; alter system set wal_level = 'logical', and a restart of"
                + " the server)");
      }
      if (!row.getBoolean(2)) {
        String role = row.getString(3);
        throw new WalException(
            "the role '"
                + role
                + "' may not read the log (expected: the attribute REPLICATION; alter role "
                + role
                + " replication)");
      }
      return row.getInt(5);
    }
  }

  /** What is wrong with the publication, in a sentence; null if nothing is. */
  public static @Nullable String publicationProblem(Connection connection) throws SQLException {
    return switch (publication(connection)) {
      case ABSENT ->
          "there is no publication '"
              + WalSettings.PUBLICATION
              + "' (expected: "
              + CREATE_PUBLICATION
              + ")";
      case WRONG ->
          "the publication '"
              + WalSettings.PUBLICATION
              + "' does not hand out what is inserted into rpc_log (expected: "
              + CREATE_PUBLICATION
              + ")";
      case RIGHT, WIDE -> null;
    };
  }

  /** What a publication hands out. */
  private enum Publication {
    ABSENT,
    /** Not the signatures of the rows that are inserted. */
    WRONG,
    /** More columns than are used. */
    WIDE,
    RIGHT
  }

  private static Publication publication(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(PUBLICATION)) {
      if (!row.next()) {
        return Publication.ABSENT;
      }
      if (!row.getBoolean(1) || !row.getBoolean(2)) {
        return Publication.WRONG;
      }
      return row.getBoolean(3) ? Publication.WIDE : Publication.RIGHT;
    }
  }

  private void preparePublication(Connection connection) throws SQLException, WalException {
    switch (publication(connection)) {
      case ABSENT -> {
        requireCreation(
            "there is no publication '" + WalSettings.PUBLICATION + "'", CREATE_PUBLICATION);
        execute(connection, CREATE_PUBLICATION);
        LOG.info("made the publication {}", Field.of("publication", WalSettings.PUBLICATION));
      }
      case WRONG -> throw new WalException(String.valueOf(publicationProblem(connection)));
      case WIDE ->
          LOG.warn(
              "the publication {} hands out more columns than are used (expected: {})",
              Field.of("publication", WalSettings.PUBLICATION),
              Field.of("expected", CREATE_PUBLICATION));
      case RIGHT -> {}
    }
  }

  private void requireCreation(String lack, String expected) throws WalException {
    if (!settings.createsSlot()) {
      throw new WalException(
          lack + " (expected: " + expected + "; --create-slot makes what is missing)");
    }
  }

  private void drop(Connection connection) throws SQLException {
    execute(connection, "select pg_drop_replication_slot('" + settings.slot() + "')");
    LOG.warn("dropped the invalidated replication slot {}", Field.of("slot", settings.slot()));
  }

  /** Waits for all transactions that are open: the log can be read only from a point without. */
  private void create(Connection connection, int version) throws SQLException {
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
            + (version >= FAILOVER_VERSION ? ", false, false, true)" : ")"));
    connection.setNetworkTimeout(Runnable::run, timeoutMillis);
    LOG.info("made it; what was committed before is read from the table");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
