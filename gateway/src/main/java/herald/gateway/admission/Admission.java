package herald.gateway.admission;

import herald.gateway.config.LimitSettings;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The limits on the connections of one instance: in all, per address, per user, and on the rate of
 * handshakes. Each socket takes its share through an {@link AdmissionPermit}. Any thread.
 */
public final class Admission {
  private final int maxConnections;
  private final AtomicInteger connections = new AtomicInteger();
  private final ConcurrencyLimit<Long> addresses;
  private final ConcurrencyLimit<Integer> users;

  /** Limits nothing, since the users are limited. */
  private final ConcurrencyLimit<WalletUser> walletUsers = new ConcurrencyLimit<>(0);

  private final HandshakeRateLimit handshakes;

  /**
   * @param maxConnections in all
   */
  public Admission(int maxConnections, LimitSettings settings, long nowNanos) {
    this.maxConnections = maxConnections;
    addresses = new ConcurrencyLimit<>(settings.connectionsPerAddress());
    users = new ConcurrencyLimit<>(settings.connectionsPerUser());
    handshakes = new HandshakeRateLimit(settings, nowNanos);
  }

  /** The permit of a socket that has just been accepted; it holds nothing yet. */
  public AdmissionPermit newPermit() {
    return new AdmissionPermit(this);
  }

  /** Connections that are within the limits, whether authenticated or not. */
  public int connections() {
    return connections.get();
  }

  /** Users with a connection; a live view. */
  public Set<Integer> users() {
    return users.holders();
  }

  /** The users with a connection, and the wallets that have signed for them; a live view. */
  public Set<WalletUser> walletUsers() {
    return walletUsers.holders();
  }

  boolean tryAddConnection() {
    if (connections.incrementAndGet() > maxConnections) {
      connections.decrementAndGet();
      return false;
    }
    return true;
  }

  void removeConnection() {
    connections.decrementAndGet();
  }

  ConcurrencyLimit<Long> connectionsPerAddress() {
    return addresses;
  }

  boolean tryAcquire(WalletUser user) {
    return users.tryAcquire(user.userId()) && walletUsers.tryAcquire(user);
  }

  void release(WalletUser user) {
    users.release(user.userId());
    walletUsers.release(user);
  }

  /** Takes one handshake from the budget of the address and from that of all. */
  @Nullable Limit takeHandshake(long addressKey, long nowNanos) {
    return handshakes.take(addressKey, nowNanos);
  }
}
