package herald.gateway.commands;

import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.EventLogSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HeapRoom;
import picocli.CommandLine.Mixin;

/**
 * The options of the gateway, by subject, and the configuration that they make. Each option has an
 * environment variable, {@code HERALD_} and the option's name in capitals, which {@link
 * OptionDefaults} reads; the option wins.
 */
final class ServeOptions {
  @Mixin private final GatewayDatabaseOptions databases = new GatewayDatabaseOptions();
  @Mixin private final AddressOptions addresses = new AddressOptions();
  @Mixin private final AdminOptions admin = new AdminOptions();
  @Mixin private final TlsOptions tls = new TlsOptions();
  @Mixin private final LimitOptions limits = new LimitOptions();
  @Mixin private final ProxyOptions proxies = new ProxyOptions();
  @Mixin private final HandshakeOptions handshakes = new HandshakeOptions();
  @Mixin private final ConnectionOptions connections = new ConnectionOptions();
  @Mixin private final InboundOptions inbound = new InboundOptions();
  @Mixin private final RevalidationOptions revalidation = new RevalidationOptions();
  @Mixin private final EventLogOptions eventLog = new EventLogOptions();
  @Mixin private final ReplayOptions replays = new ReplayOptions();
  @Mixin private final FeedOptions feed = new FeedOptions();
  @Mixin private final StreamOptions stream = new StreamOptions();
  @Mixin private final FallbackOptions fallback = new FallbackOptions();
  @Mixin private final CompletenessOptions completeness = new CompletenessOptions();
  @Mixin private final RehearsalOptions rehearsal = new RehearsalOptions();
  @Mixin private final DrainOptions drain = new DrainOptions();
  @Mixin private final TransportOptions transport = new TransportOptions();
  @Mixin private final TracingOptions tracing = new TracingOptions();

  /**
   * The validated configuration.
   *
   * @throws IllegalArgumentException with one sentence
   */
  GatewayConfig config() {
    DatabaseUrl listen = databases.listen();
    EventLogSettings log = eventLog.settings();
    ConnectionSettings open = connections.settings();
    HeapRoom.require(log, open, Runtime.getRuntime().maxMemory());
    return GatewayConfig.defaults(listen).toBuilder()
        .databases(listen, databases.read())
        .addresses(addresses.clients(), addresses.operators())
        .admin(admin.settings(tls.reload()))
        .transport(transport.settings())
        .connections(open)
        .handshakes(handshakes.settings())
        .admission(new AdmissionSettings(limits.settings(), proxies.proxies(), proxies.origins()))
        .inbound(inbound.settings())
        .tls(tls.settings())
        .revalidation(revalidation.settings())
        .eventLog(log)
        .feed(feed.settings())
        .stream(fallback.in(stream.settings()))
        .completeness(completeness.settings())
        .replay(replays.settings())
        .rehearsal(rehearsal.settings())
        .drain(drain.settings())
        .tracing(tracing.settings())
        .build();
  }
}
