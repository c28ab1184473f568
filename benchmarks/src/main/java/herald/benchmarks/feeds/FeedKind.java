package herald.benchmarks.feeds;

import java.util.Locale;
import java.util.Map;

/** A way by which instances hear of events. */
public enum FeedKind {
  /** Each instance listens to the database and reads the rows. */
  NOTIFICATIONS,
  /** Relays listen to the database; the instances read a stream. */
  RELAYS,
  /** Relays read the write-ahead log, without the trigger; the instances read a stream. */
  LOG;

  /** Whether there are relays and a stream. */
  public boolean hasStream() {
    return this != NOTIFICATIONS;
  }

  /** What the database's server has to be started with. */
  public Map<String, String> serverSettings() {
    return this == LOG ? Map.of("wal_level", "logical") : Map.of();
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
