package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.fanout.Audience;
import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.Meters;
import herald.gateway.stream.StreamMessage.Batch;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.supervision.IsolatedFailures;
import herald.protocol.EventId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Each message of the stream comes to the listener, whatever one of them does. */
class MessageHandoverTest {
  private static final long RELAY = 77;
  private static final int FAILING = 13;
  private static final Instant STORED_AT = Instant.ofEpochMilli(5);

  /** What the engine takes as one message; an event of 5,000 bytes comes in parts. */
  private static final int SMALL_BYTES = 1_100;

  private final List<String> told = new ArrayList<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MessageHandover handover =
      new MessageHandover(
          new Told(),
          new IsolatedFailures(new Meters(registry).supervision(), () -> 0),
          new IntervalLog(LoggerFactory.getLogger(getClass()), () -> 0));

  /** Notes what it is told, and fails at one event. */
  private final class Told implements StreamListener {
    @Override
    public void onOpened(long end) {}

    @Override
    public void onMessage(long sequence, long storedAtMicros, StreamMessage message) {
      long sender = ((OneEvent) message).senderUserId();
      if (sender == FAILING) {
        throw new IllegalStateException("made to fail");
      }
      told.add(sequence + ": of " + sender + " at " + storedAtMicros);
    }

    @Override
    public void onMissing(String reason) {}

    @Override
    public void onRewound(String reason) {}

    @Override
    public void onPartsDropped(long count) {
      told.add("dropped " + count);
    }

    @Override
    public void onUnreadable(long sequence) {
      told.add(sequence + ": unreadable");
    }
  }

  private static OneEvent event(int sender, int bytes) {
    return new OneEvent(
        RELAY,
        new EventId(1, 2, 3),
        sender,
        1,
        2,
        3,
        4,
        false,
        Audience.of(1),
        "head".getBytes(StandardCharsets.UTF_8),
        new byte[bytes],
        "tail".getBytes(StandardCharsets.UTF_8));
  }

  private void take(long sequence, StreamMessage message) {
    handover.onMessage(sequence, STORED_AT, StreamCodec.encode(message));
  }

  private double failures() {
    return registry.get("herald.isolated.failures").tag("place", "stream").counter().count();
  }

  @Test
  void aMessageOfABatchThatFailsCostsThatOneAlone() {
    take(4, new Batch(RELAY, List.of(event(7, 0), event(FAILING, 0), event(8, 0))));
    assertThat(told).containsExactly("4: of 7 at 5000", "4: unreadable", "4: of 8 at 5000");
    assertThat(failures()).isEqualTo(1);
  }

  @Test
  void aMessageThatFailsCostsThatOneAlone() {
    take(4, event(FAILING, 0));
    take(5, event(7, 0));
    assertThat(told).containsExactly("4: unreadable", "5: of 7 at 5000");
    assertThat(failures()).isEqualTo(1);
  }

  @Test
  void whatIsNoMessageIsUnreadableAndNoFailureOfOurs() {
    handover.onMessage(4, STORED_AT, new byte[] {9});
    handover.onMessage(5, STORED_AT, new byte[0]);
    take(6, event(7, 0));
    assertThat(told).containsExactly("4: unreadable", "5: unreadable", "6: of 7 at 5000");
    assertThat(failures()).isZero();
  }

  @Test
  void partsComeTogetherWithTheSequenceOfTheLast() {
    List<byte[]> parts = parts();
    for (int i = 0; i < parts.size(); i++) {
      handover.onMessage(4 + i, STORED_AT, parts.get(i));
    }
    assertThat(told).containsExactly(3 + parts.size() + ": of 7 at 5000");
  }

  @Test
  void partsBehindWhichMessagesAreMissingMakeNothing() {
    List<byte[]> parts = parts();
    handover.onMessage(4, STORED_AT, parts.get(0));
    handover.onInterrupted();
    take(9, event(8, 0));
    take(10, event(8, 0));
    assertThat(told).containsExactly("9: of 8 at 5000", "dropped 1", "10: of 8 at 5000");
  }

  private static List<byte[]> parts() {
    return MessageParts.cut(StreamCodec.encode(event(7, 5_000)), RELAY, 1, SMALL_BYTES);
  }
}
