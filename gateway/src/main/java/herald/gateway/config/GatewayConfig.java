package herald.gateway.config;

import org.jspecify.annotations.Nullable;

/**
 * Everything an operator decides, immutable.
 *
 * @param listenDatabase the primary, for notifications, public keys, and rows that a replica does
 *     not have
 * @param readDatabase where rpc logs, members and users are read; may be a replica
 * @param bindAddress where clients connect
 * @param adminAddress where metrics and probes are served
 * @param admin who may use that address
 * @param transport how sockets are driven
 * @param connections bounds of an open connection
 * @param handshakes bounds of a connection that is not authenticated yet
 * @param admission which clients get as far as the signature check
 * @param inbound what a client may send
 * @param tls null without TLS
 * @param revalidation how often connected users are checked again
 * @param eventLog what is kept in memory
 * @param feed how the gateway hears from PostgreSQL
 * @param stream the stream that events come from; null if they come from the database's
 *     notifications
 * @param completeness how it makes sure that nothing was missed
 * @param replay bounds of a replay from the database
 * @param rehearsal what is done before the instance is ready
 * @param drain how connections are closed on a stop
 * @param tracing whether the way of some events is sent to a collector
 */
public record GatewayConfig(
    DatabaseUrl listenDatabase,
    DatabaseUrl readDatabase,
    HostPort bindAddress,
    HostPort adminAddress,
    AdminSettings admin,
    TransportSettings transport,
    ConnectionSettings connections,
    HandshakeSettings handshakes,
    AdmissionSettings admission,
    InboundSettings inbound,
    @Nullable TlsSettings tls,
    RevalidationSettings revalidation,
    EventLogSettings eventLog,
    FeedSettings feed,
    @Nullable StreamSettings stream,
    CompletenessSettings completeness,
    ReplaySettings replay,
    RehearsalSettings rehearsal,
    DrainSettings drain,
    TracingSettings tracing) {

  /** The defaults of the command line for one database. */
  public static GatewayConfig defaults(DatabaseUrl database) {
    return new Builder(database).build();
  }

  /** A builder that begins with these values. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Puts a configuration together, from the defaults or from another one. */
  public static final class Builder {
    private DatabaseUrl listenDatabase;
    private DatabaseUrl readDatabase;
    private HostPort bindAddress = new HostPort("0.0.0.0", 8080);
    private HostPort adminAddress = new HostPort("127.0.0.1", 9090);
    private AdminSettings admin = AdminSettings.defaults();
    private TransportSettings transport = TransportSettings.defaults();
    private ConnectionSettings connections = ConnectionSettings.defaults();
    private HandshakeSettings handshakes = HandshakeSettings.defaults();
    private AdmissionSettings admission = AdmissionSettings.defaults();
    private InboundSettings inbound = InboundSettings.defaults();
    private @Nullable TlsSettings tls;
    private RevalidationSettings revalidation = RevalidationSettings.defaults();
    private EventLogSettings eventLog = EventLogSettings.defaults();
    private FeedSettings feed = FeedSettings.defaults();
    private @Nullable StreamSettings stream;
    private CompletenessSettings completeness = CompletenessSettings.defaults();
    private ReplaySettings replay = ReplaySettings.defaults();
    private RehearsalSettings rehearsal = RehearsalSettings.defaults();
    private DrainSettings drain = DrainSettings.defaults();
    private TracingSettings tracing = TracingSettings.defaults();

    private Builder(DatabaseUrl database) {
      listenDatabase = database;
      readDatabase = database;
    }

    private Builder(GatewayConfig from) {
      listenDatabase = from.listenDatabase;
      readDatabase = from.readDatabase;
      bindAddress = from.bindAddress;
      adminAddress = from.adminAddress;
      admin = from.admin;
      transport = from.transport;
      connections = from.connections;
      handshakes = from.handshakes;
      admission = from.admission;
      inbound = from.inbound;
      tls = from.tls;
      revalidation = from.revalidation;
      eventLog = from.eventLog;
      feed = from.feed;
      stream = from.stream;
      completeness = from.completeness;
      replay = from.replay;
      rehearsal = from.rehearsal;
      drain = from.drain;
      tracing = from.tracing;
    }

    /** The primary, and where is read. */
    public Builder databases(DatabaseUrl listen, DatabaseUrl read) {
      listenDatabase = listen;
      readDatabase = read;
      return this;
    }

    /** Where clients connect, and where operators do. */
    public Builder addresses(HostPort bind, HostPort admin) {
      bindAddress = bind;
      adminAddress = admin;
      return this;
    }

    /** See {@link AdminSettings}. */
    public Builder admin(AdminSettings settings) {
      admin = settings;
      return this;
    }

    /** See {@link TransportSettings}. */
    public Builder transport(TransportSettings settings) {
      transport = settings;
      return this;
    }

    /** See {@link ConnectionSettings}. */
    public Builder connections(ConnectionSettings settings) {
      connections = settings;
      return this;
    }

    /** See {@link HandshakeSettings}. */
    public Builder handshakes(HandshakeSettings settings) {
      handshakes = settings;
      return this;
    }

    /** See {@link AdmissionSettings}. */
    public Builder admission(AdmissionSettings settings) {
      admission = settings;
      return this;
    }

    /** See {@link InboundSettings}. */
    public Builder inbound(InboundSettings settings) {
      inbound = settings;
      return this;
    }

    /** See {@link TlsSettings}; null without TLS. */
    public Builder tls(@Nullable TlsSettings settings) {
      tls = settings;
      return this;
    }

    /** See {@link RevalidationSettings}. */
    public Builder revalidation(RevalidationSettings settings) {
      revalidation = settings;
      return this;
    }

    /** See {@link EventLogSettings}. */
    public Builder eventLog(EventLogSettings settings) {
      eventLog = settings;
      return this;
    }

    /** See {@link FeedSettings}. */
    public Builder feed(FeedSettings settings) {
      feed = settings;
      return this;
    }

    /** See {@link StreamSettings}; null for the database's notifications. */
    public Builder stream(@Nullable StreamSettings settings) {
      stream = settings;
      return this;
    }

    /** See {@link CompletenessSettings}. */
    public Builder completeness(CompletenessSettings settings) {
      completeness = settings;
      return this;
    }

    /** See {@link ReplaySettings}. */
    public Builder replay(ReplaySettings settings) {
      replay = settings;
      return this;
    }

    /** See {@link RehearsalSettings}. */
    public Builder rehearsal(RehearsalSettings settings) {
      rehearsal = settings;
      return this;
    }

    /** See {@link DrainSettings}. */
    public Builder drain(DrainSettings settings) {
      drain = settings;
      return this;
    }

    /** See {@link TracingSettings}. */
    public Builder tracing(TracingSettings settings) {
      tracing = settings;
      return this;
    }

    /** The configuration. */
    public GatewayConfig build() {
      return new GatewayConfig(
          listenDatabase,
          readDatabase,
          bindAddress,
          adminAddress,
          admin,
          transport,
          connections,
          handshakes,
          admission,
          inbound,
          tls,
          revalidation,
          eventLog,
          feed,
          stream,
          completeness,
          replay,
          rehearsal,
          drain,
          tracing);
    }
  }
}
