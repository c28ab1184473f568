package herald.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Every meter of the gateway, each declared here with name, unit and help text.
 *
 * <p>Labels are constants of enums and nothing else, so no label's values are without bound. Any
 * thread may count.
 */
public final class Meters {
  private static final Duration[] LAG_BUCKETS = {
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(30),
  };

  /** The stages between a commit and the kernel's write. */
  private enum Stage {
    NOTIFICATION,
    FETCH,
    ENCODE,
    WRITE
  }

  private final MeterRegistry registry;
  private final Counter connectionsOpened;
  private final Counter deliveries;
  private final Counter deliveredBytes;
  private final Counter pings;
  private final Counter gapsSaid;
  private final Counter inboundMessages;
  private final Counter notifications;
  private final Counter notificationsRepeated;
  private final Counter rowsFetched;
  private final Counter catchUpRows;
  private final Counter listenerConnects;
  private final Counter listenerLosses;
  private final Counter feedErrors;
  private final Counter publicKeysStored;
  private final Counter publicKeyErrors;
  private final Timer probeRoundTrip;
  private final Timer notificationLag;
  private final Timer fetchTime;
  private final Timer encodeTime;
  private final Timer writeLag;
  private final Timer recoveryTime;
  private final Timer handshakeTime;

  /** Declares all meters in {@code registry}. */
  public Meters(MeterRegistry registry) {
    this.registry = registry;
    connectionsOpened =
        counter("herald.connections.opened", "Connections that were upgraded and authenticated.");
    deliveries = counter("herald.deliveries", "Events written to connections.");
    deliveredBytes =
        counter("herald.delivered.bytes", "Bytes of event frames written to connections.");
    pings = counter("herald.pings", "Pings written, alone or behind events.");
    gapsSaid = counter("herald.gaps", "Gap events sent: the client may have missed something.");
    inboundMessages =
        counter("herald.inbound.messages", "Messages that clients sent and that were dropped.");
    notifications = counter("herald.feed.notifications", "Notifications of rpc logs received.");
    notificationsRepeated =
        counter("herald.feed.repeated", "Signatures seen before and therefore not pushed again.");
    rowsFetched = counter("herald.feed.rows", "Rpc logs read from the database.");
    catchUpRows =
        counter(
            "herald.feed.catchup.rows", "Rpc logs found by a catch-up and not by notification.");
    listenerConnects =
        counter("herald.listener.connects", "Times the listener got its connection.");
    listenerLosses = counter("herald.listener.losses", "Times the listener lost its connection.");
    feedErrors =
        counter("herald.feed.errors", "Queries of the feed that failed and were repeated.");
    publicKeysStored = counter("herald.public.keys.stored", "Public keys inserted.");
    publicKeyErrors =
        counter("herald.public.keys.errors", "Batches of public keys that could not be stored.");
    probeRoundTrip =
        timer("herald.probe.round.trip", "From a probe's pg_notify to its notification.");
    notificationLag = lag(Stage.NOTIFICATION);
    fetchTime = lag(Stage.FETCH);
    encodeTime = lag(Stage.ENCODE);
    writeLag = lag(Stage.WRITE);
    recoveryTime = timer("herald.recovery.time", "Recovering one wallet from its signature.");
    handshakeTime = timer("herald.handshake.time", "From accept to the 101.");
  }

  private Counter counter(String name, String help) {
    return Counter.builder(name).description(help).register(registry);
  }

  private Timer timer(String name, String help) {
    return Timer.builder(name)
        .description(help)
        .serviceLevelObjectives(LAG_BUCKETS)
        .register(registry);
  }

  private Timer lag(Stage stage) {
    return Timer.builder("herald.push.lag")
        .description(
            "Where the time between a commit and the write goes: notification is applied_at to"
                + " arrival, write is arrival to the last write of its batch.")
        .tag("stage", stage.name().toLowerCase(java.util.Locale.ROOT))
        .serviceLevelObjectives(LAG_BUCKETS)
        .register(registry);
  }

  /** Declares a figure that is read when it is scraped. */
  private void gauge(String name, String help, DoubleSupplier value) {
    Gauge.builder(name, value::getAsDouble)
        .description(help)
        .strongReference(true)
        .register(registry);
  }

  /** Why connections ended, told apart by a label. */
  public <E extends Enum<E>> EnumCounter<E> connectionsClosed(Class<E> reasons) {
    return new EnumCounter<>(
        registry,
        "herald.connections.closed",
        "Connections that ended, by reason.",
        "reason",
        reasons);
  }

  /** Why handshakes were refused, told apart by a label. */
  public <E extends Enum<E>> EnumCounter<E> handshakesRefused(Class<E> reasons) {
    return new EnumCounter<>(
        registry, "herald.handshakes.refused", "Handshakes refused, by reason.", "reason", reasons);
  }

  /** What became of rpc logs, told apart by a label. */
  public <E extends Enum<E>> EnumCounter<E> rpcLogs(Class<E> outcomes) {
    return new EnumCounter<>(
        registry, "herald.rpc.logs", "Rpc logs handled, by outcome.", "outcome", outcomes);
  }

  /** Events made from rpc logs, told apart by a label. */
  public <E extends Enum<E>> EnumCounter<E> events(Class<E> methods) {
    return new EnumCounter<>(
        registry, "herald.events", "Events appended to the log, by method.", "method", methods);
  }

  /** Declares the gauges of the event log and the mailboxes. */
  public void log(
      DoubleSupplier spanSeconds,
      DoubleSupplier bytes,
      DoubleSupplier events,
      DoubleSupplier forcedOut) {
    gauge("herald.log.span.seconds", "Age of the oldest event in memory.", spanSeconds);
    gauge("herald.log.bytes", "Bytes of the events in memory.", bytes);
    gauge("herald.log.events", "Events in memory.", events);
    gauge(
        "herald.log.forced.out",
        "Events that left memory before the horizon because the bytes did not suffice.",
        forcedOut);
  }

  /** Declares the gauges of the mailboxes. */
  public void mailboxes(
      DoubleSupplier users,
      DoubleSupplier cursors,
      DoubleSupplier remembered,
      DoubleSupplier rememberedForced,
      DoubleSupplier gaps) {
    gauge("herald.mailboxes", "Users with a mailbox.", users);
    gauge("herald.cursors", "Connections that have their place in a mailbox.", cursors);
    gauge("herald.remembered", "Positions of ended connections that are remembered.", remembered);
    gauge(
        "herald.remembered.forced.out",
        "Remembered positions that went before the horizon because there were too many.",
        rememberedForced);
    gauge("herald.remembered.gaps", "Connections that began with a gap.", gaps);
  }

  /** Declares the gauge of open sockets. */
  public void connections(DoubleSupplier open) {
    gauge("herald.connections.open", "Client sockets that are open.", open);
  }

  /** Declares the gauges of the listener; ready is 1 or 0. */
  public void listener(DoubleSupplier ready, DoubleSupplier waiting) {
    gauge("herald.listener.ready", "1 while the listener has proved itself, else 0.", ready);
    gauge("herald.feed.waiting", "Signatures that wait to be fetched.", waiting);
  }

  /** Declares the gauge of signatures that wait for recovery. */
  public void recovery(DoubleSupplier waiting) {
    gauge("herald.recovery.waiting", "Signatures that wait to be recovered.", waiting);
  }

  /** Counts a connection that was upgraded. */
  public void connectionOpened(long sinceAcceptNanos) {
    connectionsOpened.increment();
    handshakeTime.record(sinceAcceptNanos, TimeUnit.NANOSECONDS);
  }

  /** Counts what one pass wrote to one connection. */
  public void delivered(int events, long bytes) {
    deliveries.increment(events);
    deliveredBytes.increment((double) bytes);
  }

  /** Counts a ping. */
  public void pinged() {
    pings.increment();
  }

  /** Counts a gap event. */
  public void gapSaid() {
    gapsSaid.increment();
  }

  /** Counts inbound messages that were dropped. */
  public void inboundMessage() {
    inboundMessages.increment();
  }

  /** Counts a notification of an rpc log. */
  public void notificationReceived() {
    notifications.increment();
  }

  /** Counts a signature that was seen before. */
  public void notificationRepeated() {
    notificationsRepeated.increment();
  }

  /** Counts the rows of one fetch and its time. */
  public void fetched(int rows, long nanos) {
    rowsFetched.increment(rows);
    fetchTime.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Records the time that encoding one batch took. */
  public void encoded(long nanos) {
    encodeTime.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Counts rows that only a catch-up found. */
  public void caughtUp(int rows) {
    catchUpRows.increment(rows);
  }

  /** Counts a listener that got its connection. */
  public void listenerConnected() {
    listenerConnects.increment();
  }

  /** Counts a listener that lost its connection. */
  public void listenerLost() {
    listenerLosses.increment();
  }

  /** Counts a query of the feed that failed. */
  public void feedError() {
    feedErrors.increment();
  }

  /** Counts inserted public keys. */
  public void publicKeysStored(int keys) {
    publicKeysStored.increment(keys);
  }

  /** Counts a batch of public keys that could not be stored. */
  public void publicKeyError() {
    publicKeyErrors.increment();
  }

  /** Records a probe's round trip. */
  public void probed(long nanos) {
    probeRoundTrip.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Records the time from {@code applied_at} to the notification's arrival. */
  public void recordNotified(long nanos) {
    notificationLag.record(Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  /** Records the time from a notification's arrival to the last write of its batch. */
  public void recordWritten(long nanos) {
    writeLag.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Records one wallet recovery. */
  public void recovered(long nanos) {
    recoveryTime.record(nanos, TimeUnit.NANOSECONDS);
  }
}
