package herald.gateway.feed;

import herald.gateway.fanout.ReplaySource;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of an instance come from, in the order of commits: the database's notifications,
 * or the stream that relays fill.
 */
public interface EventSource extends AutoCloseable {
  /**
   * Begins to connect, and to try again for as long as that fails; and to exchange positions, which
   * goes on when the source is closed, since the last connections end later.
   */
  void start();

  /** What a client may have missed, from the database. */
  ReplaySource replays();

  /** Whether there is a moment from which on nothing is missed. Any thread. */
  boolean hasBegun();

  /** Why events do not arrive as they should, in a sentence; null if they do. Any thread. */
  @Nullable String problem();

  @Override
  void close();
}
