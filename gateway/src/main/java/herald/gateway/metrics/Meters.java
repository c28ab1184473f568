package herald.gateway.metrics;

import herald.gateway.tracing.PushTraces;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Every meter of the gateway, by subject. Each is declared in one of these classes with name, unit
 * and help text; the table in docs/operations.md is made from that.
 *
 * <p>Labels are constants of enums and a few fixed words, so no label's values are without bound.
 * Counters are striped: any thread may count, and none waits for another. A gauge reads a figure
 * that somebody keeps anyway: a scrape walks over no connections.
 */
public final class Meters {
  private final MeterRegistry registry;
  private final ConnectionMeters connections;
  private final HandshakeMeters handshakes;
  private final PushMeters push;
  private final FeedMeters feed;
  private final WalMeters wal;
  private final MemoryMeters memory;
  private final ExchangeMeters exchange;
  private final StreamMeters stream;
  private final SupervisionMeters supervision;
  private final ReloadMeters reloads;

  /** Declares all meters in {@code registry}. */
  public Meters(MeterRegistry registry) {
    this(registry, registry, null);
  }

  /**
   * The same with traces of pushes.
   *
   * @param ofPushes gets the meters of the times of pushes
   * @param traces gets the times of some pushes too; null if none are wanted
   */
  Meters(MeterRegistry registry, MeterRegistry ofPushes, @Nullable PushTraces traces) {
    this.registry = registry;
    MeterFactory factory = new MeterFactory(registry);
    connections = new ConnectionMeters(factory);
    handshakes = new HandshakeMeters(factory);
    push = new PushMeters(new MeterFactory(ofPushes), traces);
    feed = new FeedMeters(factory);
    wal = new WalMeters(factory);
    memory = new MemoryMeters(factory);
    exchange = new ExchangeMeters(factory);
    stream = new StreamMeters(factory);
    supervision = new SupervisionMeters(factory);
    reloads = new ReloadMeters(factory);
  }

  /** Those of the whole, but for a feed and its threads that end earlier. */
  Meters(MeterRegistry registry, Meters whole, MeterFactory ofPart) {
    this.registry = registry;
    connections = whole.connections;
    handshakes = whole.handshakes;
    push = whole.push;
    feed = new FeedMeters(ofPart);
    wal = new WalMeters(ofPart);
    memory = whole.memory;
    exchange = whole.exchange;
    stream = whole.stream;
    supervision = new SupervisionMeters(ofPart);
    reloads = whole.reloads;
  }

  /** Meters for a feed that ends before the gateway does. */
  public PartMeters part() {
    return new PartMeters(registry, this);
  }

  /** Open connections, what is written to them and how they end. */
  public ConnectionMeters connections() {
    return connections;
  }

  /** From accept to the 101: outcomes, times, public keys. */
  public HandshakeMeters handshakes() {
    return handshakes;
  }

  /** Where the time between a commit and the write to a socket goes. */
  public PushMeters push() {
    return push;
  }

  /** What is heard from PostgreSQL and read there. */
  public FeedMeters feed() {
    return feed;
  }

  /** How the write-ahead log is read. */
  public WalMeters wal() {
    return wal;
  }

  /** Event log, mailboxes and remembered positions. */
  public MemoryMeters memory() {
    return memory;
  }

  /** What instances tell each other about positions. */
  public ExchangeMeters exchange() {
    return exchange;
  }

  /** What is read from the stream that relays fill. */
  public StreamMeters stream() {
    return stream;
  }

  /** Whether the threads live and move, and what failed alone. */
  public SupervisionMeters supervision() {
    return supervision;
  }

  /** Files that are read again, and certificates. */
  public ReloadMeters reloads() {
    return reloads;
  }
}
