package herald.gateway.relay;

import java.util.concurrent.TimeUnit;

/**
 * What stands in the stream, so that no event is published twice: 64 bits of each event's id, in
 * two generations, of which the older is forgotten when the younger has lasted for the stream's
 * span. Not thread-safe.
 */
final class PublishedEvents {
  private static final int MAX_PER_GENERATION = 8_000_000;

  private final long spanMicros;
  private Keys current = new Keys();
  private Keys previous = new Keys();
  private long currentSinceMicros = Long.MIN_VALUE;

  /** What was stored before may be missing here. */
  private long completeSinceMicros = Long.MIN_VALUE;

  private boolean isMissing;

  /**
   * @param spanMillis for how long messages stand in the stream
   */
  PublishedEvents(long spanMillis) {
    spanMicros = TimeUnit.MILLISECONDS.toMicros(spanMillis);
  }

  boolean contains(long key) {
    return current.contains(key) || previous.contains(key);
  }

  /**
   * Whether what was stored since this moment is known, all of it.
   *
   * @param micros microseconds since the epoch
   */
  boolean isCompleteSince(long micros) {
    return micros >= completeSinceMicros;
  }

  /** Messages of the stream have not been read. */
  void onMissing() {
    isMissing = true;
  }

  /**
   * A message of the stream has been read, of whatever kind.
   *
   * @param micros when it was stored
   */
  void onRead(long micros) {
    if (isMissing) {
      isMissing = false;
      completeSinceMicros = Math.max(completeSinceMicros, micros);
    }
  }

  /**
   * Notes an event.
   *
   * @param micros when it was stored
   */
  void add(long key, long micros) {
    if (currentSinceMicros == Long.MIN_VALUE) {
      currentSinceMicros = micros;
    } else if (micros - currentSinceMicros > spanMicros || current.size == MAX_PER_GENERATION) {
      if (previous.size > 0) {
        completeSinceMicros = Math.max(completeSinceMicros, currentSinceMicros);
      }
      previous = current;
      current = new Keys();
      currentSinceMicros = micros;
    }
    current.add(key);
  }

  int size() {
    return current.size + previous.size;
  }

  /** A set by open addressing, at most half full; 0 marks a free place. */
  private static final class Keys {
    private long[] places = new long[1_024];
    private int size;

    boolean contains(long key) {
      return places[place(places, stored(key))] != 0;
    }

    void add(long key) {
      int place = place(places, stored(key));
      if (places[place] == 0) {
        places[place] = stored(key);
        size++;
        if (2 * size > places.length) {
          grow();
        }
      }
    }

    private void grow() {
      long[] larger = new long[2 * places.length];
      for (long key : places) {
        if (key != 0) {
          larger[place(larger, key)] = key;
        }
      }
      places = larger;
    }

    private static long stored(long key) {
      return key == 0 ? 1 : key;
    }

    private static int place(long[] places, long key) {
      int place = (int) (key ^ key >>> Integer.SIZE) & (places.length - 1);
      while (places[place] != 0 && places[place] != key) {
        place = (place + 1) & (places.length - 1);
      }
      return place;
    }
  }
}
