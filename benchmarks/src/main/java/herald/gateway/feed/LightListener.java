package herald.gateway.feed;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.FeedSettings;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Listens and reads as an instance does: the same two connections, and the same statement for what
 * it has heard of. What comes is counted, and nothing else. It sends no probes. Any thread.
 */
public final class LightListener implements AutoCloseable {
  /** As an instance has them, but for deadlines that end a measurement on a busy machine. */
  private static final FeedSettings SETTINGS =
      FeedSettings.builder()
          .connectTimeout(Duration.ofMinutes(1))
          .probeTimeout(Duration.ofMinutes(1))
          .build();

  private final AtomicLong events = new AtomicLong();

  /** What is to be read, and when it was heard of. Guarded by itself. */
  private final Map<String, Long> heard = new LinkedHashMap<>();

  /** Guarded by {@link #heard}. */
  private boolean isReading;

  private final DirectConnection reading;
  private final ListenerConnection listening;
  private volatile boolean isClosing;

  private LightListener(DatabaseUrl url) throws SQLException, InterruptedException {
    reading =
        DirectConnection.open(url, SETTINGS, null, () -> fail("the reading connection is lost"));
    listening =
        ListenerConnection.open(
            url,
            SETTINGS.connectTimeoutMillis(),
            SETTINGS.probeTimeoutMillis(),
            (channel, payload) -> onNotification(payload),
            () -> fail("the listening connection is lost"),
            HeardNotifications.RPC_LOG_CHANNEL);
  }

  /** Connects and listens. */
  public static LightListener open(DatabaseUrl url) throws SQLException, InterruptedException {
    return new LightListener(url);
  }

  /** Whoever counts sees that events are missing; this says why. */
  private void fail(String reason) {
    if (!isClosing) {
      System.err.println("a light instance: " + reason);
    }
  }

  /** How many rows have been read. */
  public long events() {
    return events.get();
  }

  /** The driver's thread. */
  private void onNotification(String payload) {
    String signature = NotificationPayload.signature(payload);
    if (signature == null) {
      return;
    }
    synchronized (heard) {
      heard.put(signature, System.nanoTime());
      if (isReading) {
        return;
      }
      isReading = true;
    }
    readSoon();
  }

  /** When the driver's thread has handed over what came together, so that it shares a reading. */
  private void readSoon() {
    try {
      reading.execute(this::read);
    } catch (RejectedExecutionException e) {
      fail("the driver is being closed");
    }
  }

  /** The driver's thread. */
  private void read() {
    Map<String, Long> next = new LinkedHashMap<>();
    synchronized (heard) {
      Iterator<Map.Entry<String, Long>> waiting = heard.entrySet().iterator();
      while (waiting.hasNext() && next.size() < SETTINGS.maxBatch()) {
        Map.Entry<String, Long> entry = waiting.next();
        next.put(entry.getKey(), entry.getValue());
        waiting.remove();
      }
      if (next.isEmpty()) {
        isReading = false;
        return;
      }
    }
    reading.read(next, RpcLogReader.LARGE_TEXT_BYTES, new Answer(next));
  }

  /** Counts the rows, and reads again what could not be seen yet. The driver's thread. */
  private final class Answer implements DirectConnection.Answer {
    private final Map<String, Long> asked;

    Answer(Map<String, Long> asked) {
      this.asked = asked;
    }

    @Override
    public void onRows(List<RpcLog> rows, long nanos) {
      events.addAndGet(rows.size());
      if (rows.size() < asked.size()) {
        rows.forEach(row -> asked.remove(row.sig()));
        synchronized (heard) {
          heard.putAll(asked);
        }
      }
      readSoon();
    }

    @Override
    public void onFailure(Throwable why) {
      fail("rows can't be read: " + why);
    }
  }

  @Override
  public void close() {
    isClosing = true;
    listening.close();
    reading.close();
  }
}
