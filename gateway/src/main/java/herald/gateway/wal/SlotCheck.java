package herald.gateway.wal;

import herald.gateway.check.Finding;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.WalSettings;
import herald.gateway.database.DatabaseFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at what a relay needs that reads the write-ahead log, and says what is there and what is
 * missing. Nothing is written, and the slot is not read.
 */
public final class SlotCheck {
  private static final double BYTES_PER_MIB = 1 << 20;

  private final DatabaseUrl url;
  private final int timeoutMillis;
  private final WalSettings settings;

  /** Prepares the check; nothing happens yet. */
  public SlotCheck(DatabaseUrl url, int timeoutMillis, WalSettings settings) {
    this.url = url;
    this.timeoutMillis = timeoutMillis;
    this.settings = settings;
  }

  /** Asks everything and returns what was found, in the order in which it was asked. */
  public List<Finding> run() {
    List<Finding> found = new ArrayList<>();
    try (Connection connection = WalConnections.toPrimary(url, timeoutMillis)) {
      look(connection, found);
    } catch (SQLException e) {
      found.add(
          Finding.fail(
              "log",
              url
                  + ": "
                  + DatabaseFailure.text(e)
                  + " (expected: a primary that lets this role in)"));
    }
    return found;
  }

  private void look(Connection connection, List<Finding> found) throws SQLException {
    LogServer server = LogServer.of(connection);
    String problem = server.problem();
    found.add(
        problem == null
            ? Finding.ok("log", "wal_level is logical, and the role may read the log")
            : Finding.fail("log", problem));
    found.add(
        server.keepsAllLog()
            ? Finding.warn("log bound", LogServer.unboundedSentence(settings.slot()))
            : Finding.ok("log bound", "the log that is kept for a slot is bounded"));
    found.add(publication(LogPublication.of(connection)));
    found.add(slot(SlotState.of(connection, settings.slot())));
  }

  private Finding publication(LogPublication publication) {
    String problem = publication.problem();
    if (problem != null) {
      return lack("publication", problem, publication == LogPublication.ABSENT);
    }
    return publication == LogPublication.WIDE
        ? Finding.warn("publication", LogPublication.wideSentence())
        : Finding.ok("publication", WalSettings.PUBLICATION + " hands out the signatures");
  }

  private Finding slot(SlotState state) {
    String problem = state.problem(settings.slot());
    if (problem != null) {
      return lack("slot", problem, state.isToBeMade());
    }
    return Finding.ok("slot", slotSentence(state));
  }

  private String slotSentence(SlotState state) {
    return "'%s' %s, and %.0f MiB of the log are kept for it"
        .formatted(
            settings.slot(),
            state.readerProcess() == 0 ? "is read by nobody" : "is being read",
            state.retainedBytes() / BYTES_PER_MIB);
  }

  /** Something is missing, or unusable. */
  private Finding lack(String subject, String problem, boolean isToBeMade) {
    return isToBeMade && settings.createsSlot()
        ? Finding.warn(subject, problem + "; a relay with --create-slot makes it")
        : Finding.fail(subject, problem);
  }
}
