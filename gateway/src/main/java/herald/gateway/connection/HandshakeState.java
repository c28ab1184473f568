package herald.gateway.connection;

/** How far a handshake has come. */
enum HandshakeState {
  /** The request is awaited. */
  READING,
  /** The signature of the request is being checked on another thread. */
  AUTHENTICATING,
  /** The request is rejected, and the answer is held back for a while. */
  HELD,
  /** The client has been answered, or is gone. */
  ENDED
}
