package herald.gateway.connection;

import herald.gateway.supervision.Place;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All sockets of one event loop, as the handlers that are responsible for them. Whoever has to
 * reach every connection (a drain, the status page, the revalidation of users) goes over this.
 *
 * <p>A doubly linked list whose links are in the handlers: 8 bytes for each connection, adding and
 * removing take the same time however many there are, and an event loop's memory does not grow in
 * steps as an array's would. Event loop.
 */
final class ConnectionRegistry {
  private final ConnectionFailures failures;
  private @Nullable ConnectionHandler first;
  private int size;

  ConnectionRegistry(ConnectionFailures failures) {
    this.failures = failures;
  }

  /** Adds a handler, which must not be in the registry. */
  void add(ConnectionHandler handler) {
    handler.nextRegistered = first;
    if (first != null) {
      first.previousRegistered = handler;
    }
    first = handler;
    size++;
  }

  /** Removes a handler, if it is in the registry. */
  void remove(ConnectionHandler handler) {
    ConnectionHandler previous = handler.previousRegistered;
    ConnectionHandler next = handler.nextRegistered;
    if (previous != null) {
      previous.nextRegistered = next;
    } else if (handler == first) {
      first = next;
    } else {
      return;
    }
    if (next != null) {
      next.previousRegistered = previous;
    }
    handler.previousRegistered = null;
    handler.nextRegistered = null;
    size--;
  }

  /**
   * Calls {@code action} with every handler; it may remove that handler. A handler for which it
   * throws is ended, and the others follow.
   */
  void forEach(Consumer<ConnectionHandler> action) {
    ConnectionHandler handler = first;
    while (handler != null) {
      ConnectionHandler next = handler.nextRegistered;
      failures.run(Place.WALK, handler, action);
      handler = next;
    }
  }

  /** How many handlers are registered. */
  int size() {
    return size;
  }
}
