package herald.gateway.connection;

import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Isolates what the code of one connection throws: it is counted and logged once per interval, the
 * connection is ended, and no other connection notices. Event loop of the connection.
 */
final class ConnectionFailures {
  private final IsolatedFailures failures;

  ConnectionFailures(IsolatedFailures failures) {
    this.failures = failures;
  }

  /** Counts what a connection's code has thrown, and ends the connection. Never throws. */
  void onFailure(Place place, TimedHandler connection, Throwable failure) {
    failures.isolated(place, failure);
    failures.run(place, connection::onFailure);
  }

  /** Does something with a connection, which is ended if that fails. Never throws. */
  <H extends TimedHandler> void run(Place place, H connection, Consumer<H> action) {
    try {
      action.accept(connection);
    } catch (Throwable e) {
      onFailure(place, connection, e);
    }
  }

  /** Does something that concerns no single connection. Never throws. */
  void run(Place place, Runnable action) {
    failures.run(place, action);
  }

  /** Counts what a pipeline has caught, unless the peer or the network has caused it. */
  void onPipeline(@Nullable Throwable failure) {
    if (failure != null
        && !(failure instanceof IOException)
        && !(failure instanceof DecoderException)) {
      failures.isolated(Place.PIPELINE, failure);
    }
  }
}
