package herald.gateway.admission;

import herald.gateway.config.LimitSettings;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The limits on connections, of one instance. Any thread; each {@link Visitor} on one at a time.
 */
public final class Admission {
  private final int maxConnections;
  private final AtomicInteger connections = new AtomicInteger();
  private final Occupancy<Long> addresses;
  private final Occupancy<Integer> users;
  private final HandshakeRates rates;

  /**
   * @param maxConnections in all
   */
  public Admission(int maxConnections, LimitSettings settings, long nowNanos) {
    this.maxConnections = maxConnections;
    addresses = new Occupancy<>(settings.connectionsPerAddress());
    users = new Occupancy<>(settings.connectionsPerUser());
    rates = new HandshakeRates(settings, nowNanos);
  }

  /** A socket that has just been accepted, and has nothing yet. */
  public Visitor visitor() {
    return new Visitor();
  }

  /** Connections that are within the limits, whether authenticated or not. */
  public int connections() {
    return connections.get();
  }

  /** Users with a connection; a live view. */
  public Set<Integer> users() {
    return users.present();
  }

  /**
   * The places that one socket has taken: one in all, one of its address, one of its user. What it
   * is refused it has not taken.
   */
  public final class Visitor {
    private boolean entered;
    private @Nullable Long address;
    private @Nullable Integer user;

    private Visitor() {}

    /** Takes a place among all connections. */
    public @Nullable Limit enter() {
      if (connections.incrementAndGet() > maxConnections) {
        connections.decrementAndGet();
        return Limit.CONNECTIONS;
      }
      entered = true;
      return null;
    }

    /** Takes a place among those of the address, and one handshake. */
    public @Nullable Limit from(ClientAddress from, long nowNanos) {
      long key = from.key();
      if (!addresses.enter(key)) {
        return Limit.CONNECTIONS_OF_ADDRESS;
      }
      address = key;
      return rates.take(key, nowNanos);
    }

    /** Takes a place among those of the user. */
    public @Nullable Limit as(int userId) {
      if (!users.enter(userId)) {
        return Limit.CONNECTIONS_OF_USER;
      }
      user = userId;
      return null;
    }

    /** Gives all places back. */
    public void leave() {
      if (entered) {
        connections.decrementAndGet();
        entered = false;
      }
      if (address != null) {
        addresses.leave(address);
        address = null;
      }
      if (user != null) {
        users.leave(user);
        user = null;
      }
    }
  }
}
