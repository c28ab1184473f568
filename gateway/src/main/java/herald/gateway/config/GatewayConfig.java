package herald.gateway.config;

/**
 * Everything an operator decides, immutable.
 *
 * @param listenDatabase the primary: notifications, public keys, the last word on a missing row
 * @param readDatabase where rpc logs, members and users are read; may be a replica
 * @param bindAddress where clients connect
 * @param adminAddress where metrics and probes are served
 * @param connections bounds of an open connection
 * @param handshakes bounds of a connection that is not authenticated yet
 * @param eventLog what is kept in memory
 * @param feed how PostgreSQL is heard
 * @param replay bounds of a replay from the database
 * @param drain how the gateway leaves
 */
public record GatewayConfig(
    DatabaseUrl listenDatabase,
    DatabaseUrl readDatabase,
    HostPort bindAddress,
    HostPort adminAddress,
    ConnectionSettings connections,
    HandshakeSettings handshakes,
    EventLogSettings eventLog,
    FeedSettings feed,
    ReplaySettings replay,
    DrainSettings drain) {

  /** The defaults of the command line for one database. */
  public static GatewayConfig defaults(DatabaseUrl database) {
    return new GatewayConfig(
        database,
        database,
        new HostPort("0.0.0.0", 8080),
        new HostPort("127.0.0.1", 9090),
        ConnectionSettings.defaults(),
        HandshakeSettings.defaults(),
        EventLogSettings.defaults(),
        FeedSettings.defaults(),
        ReplaySettings.defaults(),
        DrainSettings.defaults());
  }
}
