package herald.gateway.connection;

import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a connection whose own code has thrown something: it is counted, logged once per
 * interval, and closed; nobody else notices. On the connection's event loop.
 */
final class ConnectionFailures {
  private final IsolatedFailures failures;

  ConnectionFailures(IsolatedFailures failures) {
    this.failures = failures;
  }

  /** Counts what a connection has thrown, and closes it. Never throws. */
  void onFailure(Place place, TimedHandler connection, Throwable failure) {
    failures.isolated(place, failure);
    failures.run(place, connection::onFailure);
  }

  /** Does something with a connection, which is closed if that fails. Never throws. */
  void run(Place place, TimedHandler connection, Consumer<TimedHandler> action) {
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

  /** Counts what came through a pipeline, unless the peer or the network has caused it. */
  void onPipeline(@Nullable Throwable failure) {
    if (failure != null
        && !(failure instanceof IOException)
        && !(failure instanceof DecoderException)) {
      failures.isolated(Place.PIPELINE, failure);
    }
  }
}
