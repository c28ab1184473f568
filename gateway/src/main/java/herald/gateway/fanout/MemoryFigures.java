package herald.gateway.fanout;

import herald.gateway.metrics.MemoryMeters;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The numbers of mailboxes, users, cursors and remembered positions, for the metrics.
 *
 * <p>Any thread reads them. One thread at a time writes them: the one that holds the dispatch lock;
 * only the connections that begin with past events are counted by any event loop.
 */
final class MemoryFigures {
  private volatile int mailboxes;
  private volatile int users;
  private volatile int openCursors;
  private volatile int remembered;
  private volatile long rememberedForcedOut;
  private final Map<ReplayOrigin, LongAdder> replays = new EnumMap<>(ReplayOrigin.class);

  MemoryFigures() {
    for (ReplayOrigin origin : ReplayOrigin.values()) {
      replays.put(origin, new LongAdder());
    }
  }

  /** Declares the metrics of the log and of these numbers. */
  void declare(MemoryMeters meters, EventLog log, LongSupplier nanoClock) {
    meters.log(
        () -> log.spanNanos(nanoClock.getAsLong()) / 1e9,
        log::bytes,
        log::maxBytes,
        log::size,
        log::forcedOut,
        log::textsForcedOut);
    meters.mailboxes(this::mailboxes, () -> users, this::openCursors);
    meters.remembered(this::remembered, this::rememberedForced);
    meters.replays(ReplayOrigin.class, this::replays);
  }

  void mailboxes(int number) {
    mailboxes = number;
  }

  /** A connection has been given its position. */
  void cursorOpened(boolean isFirstOfUser) {
    openCursors = openCursors + 1;
    if (isFirstOfUser) {
      users = users + 1;
    }
  }

  /** A connection has ended. */
  void cursorClosed(boolean wasLastOfUser) {
    openCursors = openCursors - 1;
    if (wasLastOfUser) {
      users = users - 1;
    }
  }

  void remembered(int number) {
    remembered = number;
  }

  /** A remembered position went before its time because there were too many. */
  void rememberedForcedOut() {
    rememberedForcedOut = rememberedForcedOut + 1;
  }

  /** A connection began with events of the past. */
  void replayed(ReplayOrigin origin) {
    counter(origin).increment();
  }

  /** Users with a mailbox. */
  int mailboxes() {
    return mailboxes;
  }

  /** Connections that have a position. */
  int openCursors() {
    return openCursors;
  }

  /** Positions of ended connections that are remembered. */
  int remembered() {
    return remembered;
  }

  /** Remembered positions that went before their time because there were too many. */
  long rememberedForced() {
    return rememberedForcedOut;
  }

  /** Connections that began with events of the past, by where these came from. */
  long replays(ReplayOrigin origin) {
    return counter(origin).sum();
  }

  private LongAdder counter(ReplayOrigin origin) {
    return Objects.requireNonNull(replays.get(origin));
  }
}
