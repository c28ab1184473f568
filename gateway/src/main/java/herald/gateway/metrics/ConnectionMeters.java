package herald.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** Open connections, what is written to them and how they end. */
public final class ConnectionMeters {
  /** Why a slow client was let go. */
  public enum Eviction {
    /** Its client took nothing for the write deadline. */
    WRITE_DEADLINE,
    /** Its client took something, but had too much waiting for too long. */
    SLOW_CLIENT_TIMEOUT,
    /** The event that it needed next had left the event log. */
    LEFT_THE_LOG
  }

  /** What could not give a client all that it may have missed. */
  public enum GapSource {
    /** A remembered position is older than what is in memory. */
    MEMORY,
    /** A replay from the database was refused, failed, or is beyond its bounds. */
    DATABASE,
    /** A device that has been here before was away for longer than positions are remembered. */
    ABSENCE
  }

  private final MeterFactory factory;
  private final Counter opened;
  private final Counter inboundMessages;
  private final EnumCounter<Eviction> evictions;
  private final Counter leftBehind;
  private final Counter standstills;
  private final Counter acceptFailures;
  private final EnumCounter<GapSource> gaps;
  private final Timer acknowledgeTime;
  private final Timer loopLag;

  ConnectionMeters(MeterFactory factory) {
    this.factory = factory;
    opened =
        factory.counter(
            "herald.connections.opened", "Connections that were authenticated and upgraded.");
    inboundMessages =
        factory.counter(
            "herald.inbound.messages", "Messages that clients sent and that were thrown away.");
    evictions =
        factory.counters(
            "herald.evictions",
            "Connections closed because the client reads too slowly, by what it ran into.",
            Tags.empty(),
            "cause",
            Eviction.class);
    leftBehind =
        factory.counter(
            "herald.connections.left.behind",
            "Clients that a drain or the end of their lifetime let go before all that waited for"
                + " them was written: they read too slowly.");
    standstills =
        factory.counter(
            "herald.loop.standstills",
            "Times that an event loop stood still for seconds; the deadlines of its clients were"
                + " extended.");
    acceptFailures =
        factory.counter(
            "herald.connections.accept.failures",
            "Times that no client could be accepted, mostly because no file descriptor was left;"
                + " clients wait, and it is tried again after a second.");
    gaps =
        factory.counters(
            "herald.gaps",
            "Gap events sent (the client may have missed something), by what could not give it.",
            Tags.empty(),
            "source",
            GapSource.class);
    acknowledgeTime =
        factory.timer(
            "herald.acknowledge.time",
            "From a ping, which may ride behind events, to the pong that confirms all before it.");
    loopLag =
        factory.timer(
            "herald.loop.lag",
            "How late event loops come to what is due; measured ten times a second on each.");
  }

  /** Why connections ended. */
  public <E extends Enum<E>> EnumCounter<E> closed(Class<E> reasons) {
    return factory.counters(
        "herald.connections.closed",
        "Upgraded connections that ended, by reason.",
        Tags.empty(),
        "reason",
        reasons);
  }

  /** Declares the gauges of sockets. */
  public void sockets(DoubleSupplier open, DoubleSupplier held) {
    factory.gauge(
        "herald.connections.open",
        "Client sockets that are open, whether they are upgraded or not.",
        open);
    factory.gauge(
        "herald.connections.held",
        "Refused sockets that are held for a moment, so that their clients come back more slowly.",
        held);
  }

  /** Declares the gauge of a drain; 1 or 0. */
  public void draining(DoubleSupplier draining) {
    factory.gauge("herald.draining", "1 while the instance lets its clients go, else 0.", draining);
  }

  /** Declares what event loops count of what they write, in sum over the loops. */
  public void traffic(
      DoubleSupplier deliveries, DoubleSupplier deliveredBytes, DoubleSupplier pings) {
    factory.counter(
        "herald.deliveries", "Events written to connections.", Tags.empty(), deliveries);
    factory.byteCounter(
        "herald.delivered.bytes", "Bytes of event frames written to connections.", deliveredBytes);
    factory.counter("herald.pings", "Pings written, alone or behind events.", Tags.empty(), pings);
  }

  /** Declares the gauges that event loops keep, in sum over the loops. */
  public void cursors(
      DoubleSupplier stalled,
      DoubleSupplier behindEvents,
      DoubleSupplier behindMost,
      DoubleSupplier unconfirmed,
      DoubleSupplier unconfirmedEvents) {
    factory.gauge(
        "herald.cursors.behind",
        "Connections for which more than the high watermark waits.",
        stalled);
    factory.gauge(
        "herald.cursors.behind.events",
        "Events that wait for connections for which more than the high watermark waits, in sum;"
            + " blasts for others too.",
        behindEvents);
    factory.gauge(
        "herald.cursors.behind.most.events",
        "Events that wait for the connection that is furthest behind of these.",
        behindMost);
    factory.gauge(
        "herald.cursors.unconfirmed",
        "Connections that have been sent events which they have not confirmed.",
        unconfirmed);
    factory.gauge(
        "herald.cursors.unconfirmed.events",
        "Events sent and not confirmed, in sum over all connections.",
        unconfirmedEvents);
  }

  /** Declares the gauge of the copies of large texts. */
  public void largeTexts(DoubleSupplier bytes) {
    factory.gauge(
        "herald.large.texts.bytes",
        "Direct memory of the copies of large events' texts that are being written; at most an"
            + " eighth of all direct memory.",
        MeterFactory.BYTES,
        Tags.empty(),
        bytes);
  }

  /** Counts a connection that was upgraded. */
  public void opened() {
    opened.increment();
  }

  /** Counts a gap event. */
  public void gapSaid(GapSource source) {
    gaps.increment(source);
  }

  /** Counts inbound messages that were dropped. */
  public void inboundMessage() {
    inboundMessages.increment();
  }

  /** Counts a client that was too slow. */
  public void evicted(Eviction cause) {
    evictions.increment(cause);
  }

  /** Counts a client that was let go with events unwritten. */
  public void leftBehind() {
    leftBehind.increment();
  }

  /** Counts an event loop that stood still. */
  public void stoodStill() {
    standstills.increment();
  }

  /** Counts that no client could be accepted. */
  public void acceptFailed() {
    acceptFailures.increment();
  }

  /** Records the time from a ping to its pong. */
  public void acknowledged(long nanos) {
    acknowledgeTime.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Records how late an event loop was. */
  public void loopWasLate(long nanos) {
    loopLag.record(Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }
}
