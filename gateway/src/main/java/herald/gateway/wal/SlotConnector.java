package herald.gateway.wal;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.WalSettings;
import herald.gateway.database.HostFailures;
import herald.gateway.supervision.SupervisedThread;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Opens connections that read the slot, to the first host of the URL that is the primary; looks
 * before at what the server has, and makes what is missing if that was asked for. The reader's
 * thread.
 */
final class SlotConnector {
  private final DatabaseUrl url;
  private final WalSettings settings;
  private final int timeoutMillis;
  private final SlotFigures figures;
  private final SupervisedThread supervised;

  /** Whether the slot has been made anew, and the listener has not been told of it. */
  private boolean isAnew;

  /** Where the slot went on when it was looked at last. */
  private long confirmedLsn;

  SlotConnector(
      DatabaseUrl url,
      WalSettings settings,
      int timeoutMillis,
      SlotFigures figures,
      SupervisedThread supervised) {
    this.url = url;
    this.settings = settings;
    this.timeoutMillis = timeoutMillis;
    this.figures = figures;
    this.supervised = supervised;
  }

  /**
   * A new connection, to which the log comes from now on.
   *
   * @throws WalException if the server or the slot can't be read
   */
  SlotConnection connect() throws SQLException, WalException {
    HostFailures unreachable = new HostFailures();
    for (DatabaseUrl host : url.eachHost()) {
      Connection asking;
      try {
        asking = WalConnections.ordinary(host, timeoutMillis);
      } catch (SQLException e) {
        unreachable.add(host, e);
        continue;
      }
      try {
        return open(host, asking);
      } catch (SQLException | WalException | RuntimeException e) {
        SlotConnection.abort(asking);
        throw e;
      }
    }
    throw unreachable.together();
  }

  private SlotConnection open(DatabaseUrl host, Connection asking)
      throws SQLException, WalException {
    SlotState state = SlotState.of(asking, settings.slot());
    figures.onState(state);
    confirmedLsn = state.confirmedLsn();
    // Making a slot waits for open transactions, however long they are open.
    supervised.idle();
    isAnew |= new SlotSetup(settings).prepare(asking);
    supervised.turn();
    return SlotConnection.open(host, asking, timeoutMillis, settings);
  }

  /** Whether what was committed before is not in the log that comes. */
  boolean isAnew() {
    return isAnew;
  }

  /** Where the slot goes on, if it has not been made anew. */
  long confirmedLsn() {
    return confirmedLsn;
  }

  /** The listener knows that the slot has been made anew, if it has. */
  void onListenerTold() {
    isAnew = false;
  }
}
