package herald.benchmarks.feeds;

import herald.gateway.config.StreamSettings;
import herald.gateway.metrics.Meters;
import herald.gateway.stream.StreamConnection;
import herald.gateway.stream.StreamListener;
import herald.gateway.stream.StreamMessage;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.stream.StreamReader;
import herald.gateway.supervision.Supervisor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads the stream as an instance does, over a connection of its own, from now on. What comes is
 * counted, and nothing else. Any thread.
 */
final class LightStream implements StreamListener, AutoCloseable {
  private final AtomicLong events = new AtomicLong();
  private final CountDownLatch opened = new CountDownLatch(1);
  private final StreamConnection connection;
  private final StreamReader reader;

  private LightStream(StreamSettings settings) {
    Supervisor supervisor =
        new Supervisor(new Meters(new SimpleMeterRegistry()).supervision(), System::nanoTime);
    connection = new StreamConnection(settings, "light instance", supervisor, System::nanoTime);
    reader = new StreamReader(connection, Instant.now(), 0, "light-stream", this, supervisor);
  }

  /** Connects, and waits until it reads. */
  static LightStream open(StreamSettings settings) throws InterruptedException {
    LightStream stream = new LightStream(settings);
    stream.connection.start();
    stream.reader.start();
    stream.opened.await();
    return stream;
  }

  /** How many events have come. */
  long events() {
    return events.get();
  }

  @Override
  public void onOpened(long end) {
    opened.countDown();
  }

  @Override
  public void onMessage(long sequence, long storedAtMicros, StreamMessage message) {
    // What a relay itself has to say has no id.
    if (message instanceof OneEvent event && event.id() != null) {
      events.incrementAndGet();
    }
  }

  /** Whoever counts sees that events are missing; this says why. */
  @Override
  public void onMissing(String reason) {
    System.err.println("a light instance: " + reason);
  }

  /** What comes again is counted again, and whoever counts sees that. */
  @Override
  public void onRewound(String reason) {
    System.err.println("a light instance: " + reason);
  }

  @Override
  public void onUnreadable(long sequence) {
    System.err.println("a light instance: message " + sequence + " can't be read");
  }

  @Override
  public void close() {
    reader.close();
    connection.close();
  }
}
