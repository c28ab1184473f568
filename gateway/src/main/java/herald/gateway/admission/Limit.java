package herald.gateway.admission;

/** A limit that a client is over. */
public enum Limit {
  /** Connections in all. */
  CONNECTIONS,
  /** Connections of one address. */
  CONNECTIONS_OF_ADDRESS,
  /** Connections of one user. */
  CONNECTIONS_OF_USER,
  /** Handshakes per second of one address. */
  HANDSHAKES_OF_ADDRESS,
  /** Handshakes per second in all. */
  HANDSHAKES
}
