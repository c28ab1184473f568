package herald.gateway.admission;

import org.jspecify.annotations.Nullable;

/**
 * What one socket holds of the limits of {@link Admission}: one connection in all, one of its
 * address, one of its user. The socket acquires them one after the other, as it becomes known whose
 * it is. A step that is over a limit acquires nothing and says which limit it is; {@link #release}
 * gives back whatever was acquired. One thread at a time, which is the socket's event loop.
 */
public final class AdmissionPermit {
  private final Admission admission;
  private boolean holdsConnection;
  private @Nullable Long address;
  private @Nullable WalletUser user;

  AdmissionPermit(Admission admission) {
    this.admission = admission;
  }

  /** Acquires one of the connections in all. */
  public @Nullable Limit acquireConnection() {
    if (!admission.tryAddConnection()) {
      return Limit.CONNECTIONS;
    }
    holdsConnection = true;
    return null;
  }

  /**
   * Acquires one of the connections of this address, and takes one handshake from its budget. The
   * connection stays acquired when only the handshake is over a limit.
   */
  public @Nullable Limit acquireForAddress(ClientAddress from, long nowNanos) {
    long key = from.key();
    if (!admission.connectionsPerAddress().tryAcquire(key)) {
      return Limit.CONNECTIONS_OF_ADDRESS;
    }
    address = key;
    return admission.takeHandshake(key, nowNanos);
  }

  /** Acquires one of the connections of this user. */
  public @Nullable Limit acquireForUser(WalletUser acquired) {
    if (!admission.tryAcquire(acquired)) {
      return Limit.CONNECTIONS_OF_USER;
    }
    user = acquired;
    return null;
  }

  /** Gives back all that was acquired; a second call does nothing. */
  public void release() {
    if (holdsConnection) {
      admission.removeConnection();
      holdsConnection = false;
    }
    if (address != null) {
      admission.connectionsPerAddress().release(address);
      address = null;
    }
    if (user != null) {
      admission.release(user);
      user = null;
    }
  }
}
