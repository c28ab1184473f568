package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.relay.StreamPublishing.Answer;
import herald.gateway.relay.StreamPublishing.Result;
import herald.gateway.stream.MessageParts;
import herald.gateway.stream.StreamCodec;
import herald.gateway.stream.StreamMessage;
import herald.gateway.stream.StreamMessage.Batch;
import herald.gateway.stream.StreamMessage.OneEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Two relays and one stream under random schedules: delays, answers that are lost, messages that
 * come later than the relay has waited for them, relays that are paused, killed and started anew.
 * Each row stands in the stream once, in the order of commits.
 */
class RelaySchedulesTest {
  private static final int SCHEDULES = 1_000;
  private static final int STEPS = 400;
  private static final int MOST_STEPS = 20_000;
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(60);
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(4);

  @Test
  void eachRowStandsOnceAndInOrder() throws InterruptedException {
    for (int seed = 0; seed < SCHEDULES; seed++) {
      new Schedule(seed).run();
    }
  }

  /** A message that the engine has not got yet though its sender has given it up. */
  @SuppressWarnings("ArrayRecordComponent") // written by nobody
  private record Delayed(byte[] message, long expected) {}

  private static final class Schedule {
    private final int seed;
    private final Random random;
    private final ModelDatabase database;
    private final ModelStream stream = new ModelStream();
    private final Deque<Delayed> delayed = new ArrayDeque<>();
    private final List<ModelRelay> relays = new ArrayList<>();
    private long nowNanos;
    private long started;
    private boolean isCalm;
    private int depth;

    Schedule(int seed) {
      this.seed = seed;
      random = new Random(seed);
      database = new ModelDatabase(random);
      relays.add(relay());
      relays.add(relay());
    }

    private ModelRelay relay() {
      return new ModelRelay(++started, database, stream, this::publish, () -> nowNanos, random);
    }

    void run() throws InterruptedException {
      for (int step = 0; step < STEPS; step++) {
        step();
      }
      isCalm = true;
      int steps = 0;
      while (!relays.stream().allMatch(ModelRelay::isDone)) {
        step();
        assertThat(++steps).as("seed %d comes to an end", seed).isLessThan(MOST_STEPS);
      }
      List<Long> expected = new ArrayList<>();
      for (long row = 0; row < database.size(); row++) {
        expected.add(row);
      }
      assertThat(rows()).as("rows in the stream with seed %d", seed).isEqualTo(expected);
    }

    private void step() throws InterruptedException {
      nowNanos += (long) (random.nextDouble() * STEP_NANOS);
      if (!isCalm) {
        disturb();
      }
      ModelRelay relay = relays.get(random.nextInt(relays.size()));
      if (relay.pausedUntilNanos - nowNanos > 0) {
        return;
      }
      switch (random.nextInt(5)) {
        case 0, 1 -> relay.read();
        case 2, 3 -> relay.feed();
        default -> relay.publish();
      }
    }

    private void disturb() {
      int dice = random.nextInt(200);
      int which = random.nextInt(relays.size());
      if (dice < 60) {
        database.commit();
      } else if (dice == 60) {
        relays.get(which).pausedUntilNanos = nowNanos + (long) (random.nextDouble() * PAUSE_NANOS);
      } else if (dice == 61 && depth == 0) {
        relays.set(which, relay());
      } else if (dice < 80 && !delayed.isEmpty()) {
        Delayed late = delayed.remove();
        var unused = stream.store(late.message(), late.expected());
      }
    }

    /** What happens between a message and its answer. */
    private Result publish(byte[] message, long expected) throws InterruptedException {
      meanwhile();
      int dice = isCalm ? 9 : random.nextInt(10);
      if (dice == 0) {
        return new Result(Answer.UNKNOWN, 0);
      }
      if (dice == 1) {
        delayed.add(new Delayed(message, expected));
        return new Result(Answer.UNKNOWN, 0);
      }
      Result result = stream.store(message, expected);
      meanwhile();
      return dice == 2 ? new Result(Answer.UNKNOWN, 0) : result;
    }

    private void meanwhile() throws InterruptedException {
      depth++;
      for (int i = random.nextInt(4); i > 0; i--) {
        step();
      }
      depth--;
    }

    private List<Long> rows() {
      List<Long> rows = new ArrayList<>();
      MessageParts parts = new MessageParts();
      for (long sequence = 1; sequence <= stream.end(); sequence++) {
        StreamMessage message = parts.take(StreamCodec.decode(stream.message(sequence)));
        List<StreamMessage> each =
            message instanceof Batch batch
                ? batch.messages()
                : message == null ? List.of() : List.of(message);
        for (StreamMessage one : each) {
          if (one instanceof OneEvent event) {
            rows.add(Objects.requireNonNull(event.id()).appliedAtMicros());
          }
        }
      }
      return rows;
    }
  }
}
