package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import herald.gateway.metrics.Meters;
import herald.gateway.metrics.RelayMeters;
import herald.gateway.relay.StreamPublishing.Answer;
import herald.gateway.relay.StreamPublishing.Result;
import herald.gateway.stream.MessageParts;
import herald.gateway.stream.PublishedEvents;
import herald.gateway.stream.StreamCodec;
import herald.gateway.stream.StreamMessage;
import herald.gateway.stream.StreamMessage.Batch;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.stream.StreamMessage.Part;
import herald.gateway.supervision.Supervisor;
import herald.protocol.EncodedEvent;
import herald.protocol.EventId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class RelayPublisherTest {
  private static final long SELF = 1;
  private static final long OTHER = 2;
  private static final int MAX_MESSAGE_BYTES = 64 << 10;
  private static final int USERS = 1_000_000;

  private final ModelStream stream = new ModelStream();
  private final RelayDuty duty = new RelayDuty(1_000, 0, () -> 0, () -> {});
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RelayMeters meters = new RelayMeters(registry);
  private final RelayQueue queue =
      new RelayQueue(
          SELF, 100, 1 << 30, duty, new PublishedEvents(60_000), System::nanoTime, meters);
  private long readUntil;

  /** What comes of the next publications, before the others are stored. */
  private final List<Answer> failures = new ArrayList<>();

  private boolean hasNothingToPublish;

  private final RelayPublisher publisher =
      new RelayPublisher(
          SELF,
          queue,
          new StreamPublishing() {
            @Override
            public Result publish(byte[] message, long expectedLastSequence) {
              return RelayPublisherTest.this.publish(message, expectedLastSequence);
            }

            @Override
            public void onNothingToPublish() {
              hasNothingToPublish = true;
            }
          },
          () -> readUntil,
          () -> MAX_MESSAGE_BYTES,
          InstantSource.system(),
          meters,
          new Supervisor(new Meters(new SimpleMeterRegistry()).supervision(), System::nanoTime));

  private Result publish(byte[] message, long expected) {
    assertThat(message.length).isLessThanOrEqualTo(MAX_MESSAGE_BYTES);
    Answer failure = failures.isEmpty() ? Answer.STORED : failures.remove(0);
    return failure == Answer.STORED ? stream.store(message, expected) : new Result(failure, 0);
  }

  @BeforeEach
  void publishes() {
    duty.onStored();
  }

  private static Event event(int number, Audience audience, int bytes) {
    EncodedEvent encoded =
        EncodedEvent.of(
            new EventId(number, number, 0), new byte[bytes], new byte[9], new byte[0], 7);
    return new Event(encoded, audience, number, new RowOrder(number, 0, 0, false));
  }

  private void offer(Event event) throws InterruptedException {
    queue.publish(0, List.of(event), () -> {});
  }

  private List<StreamMessage> read() {
    List<StreamMessage> read = new ArrayList<>();
    MessageParts parts = new MessageParts();
    for (readUntil = 0; readUntil < stream.end(); readUntil++) {
      StreamMessage message = parts.take(StreamCodec.decode(stream.message(readUntil + 1)));
      if (message instanceof Batch batch) {
        read.addAll(batch.messages());
      } else if (message != null) {
        read.add(message);
      }
    }
    return read;
  }

  private List<Long> rows() {
    return read().stream().map(each -> ((OneEvent) each).relayedAtMicros()).toList();
  }

  @Test
  void whatWaitsSharesAMessage() throws InterruptedException {
    for (int number = 1; number <= 10; number++) {
      offer(event(number, Audience.of(1), 9));
    }
    assertThat(publisher.turn()).isEqualTo(Answer.STORED);
    assertThat(stream.end()).isEqualTo(1);
    assertThat(rows()).hasSize(10).isSorted();
    assertThat(publisher.turn()).isNull();
  }

  @Test
  void anAudienceOfAMillionComesInParts() throws InterruptedException {
    RoaringBitmap users = new RoaringBitmap();
    Random random = new Random(1);
    for (int i = 0; i < USERS; i++) {
      users.add(random.nextInt(100 * USERS));
    }
    offer(event(1, Audience.of(users), 9));
    offer(event(2, Audience.of(1), 9));
    assertThat(publisher.turn()).isEqualTo(Answer.STORED);
    assertThat(publisher.turn()).isEqualTo(Answer.STORED);
    assertThat(rows()).containsExactly(1L, 2L);
    assertThat(((OneEvent) read().get(0)).audience().bitmap()).isEqualTo(users);
  }

  @Test
  void aSetThatAnotherRelayInterruptsIsPublishedAgainAsAWhole() throws InterruptedException {
    offer(event(1, Audience.of(1), 3 * MAX_MESSAGE_BYTES));
    failures.addAll(List.of(Answer.STORED, Answer.REFUSED));
    assertThat(publisher.turn()).isEqualTo(Answer.REFUSED);
    OneEvent foreign = OneEvent.of(OTHER, event(2, Audience.of(1), 9), 0, 0);
    assertThat(stream.store(StreamCodec.encode(foreign), 1).answer()).isEqualTo(Answer.STORED);
    assertThat(rows()).containsExactly(2L);
    assertThat(publisher.turn()).isEqualTo(Answer.STORED);
    assertThat(rows()).containsExactly(2L, 1L);
    assertThat(StreamCodec.decode(stream.message(1))).isInstanceOf(Part.class);
  }

  @Test
  void whatWasNotAnsweredStaysInTheQueue() throws InterruptedException {
    offer(event(1, Audience.of(1), 9));
    failures.add(Answer.UNKNOWN);
    assertThat(publisher.turn()).isEqualTo(Answer.UNKNOWN);
    assertThat(queue.size()).isEqualTo(1);
    assertThat(publisher.turn()).isEqualTo(Answer.STORED);
    assertThat(rows()).containsExactly(1L);
    assertThat(registry.get("herald.relay.unanswered").counter().count()).isEqualTo(1);
    assertThat(registry.get("herald.relay.published").counter().count()).isEqualTo(1);
  }

  /** Else a relay that stands by from then on would say for ever that it can't publish. */
  @Test
  void whatWasNotAnsweredIsForgottenWhenItIsFoundInTheStream() throws InterruptedException {
    offer(event(1, Audience.of(1), 9));
    failures.add(Answer.UNKNOWN);
    assertThat(publisher.turn()).isEqualTo(Answer.UNKNOWN);
    assertThat(hasNothingToPublish).isFalse();
    OneEvent foreign = OneEvent.of(OTHER, event(1, Audience.of(1), 9), 0, 0);
    queue.onRead(foreign, 0);
    assertThat(publisher.turn()).isNull();
    assertThat(hasNothingToPublish).isTrue();
  }
}
