package herald.gateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/** Connections that come and go while a broadcast goes round, on a loop that the test moves. */
class DispatcherTest {
  private static final int MANY = 2_000;
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Executor loop = tasks::add;
  private final EmbeddedChannel timer = new EmbeddedChannel();
  private final Meters meters = new Meters(new SimpleMeterRegistry());
  private final Supervisor supervisor = new Supervisor(meters.supervision(), () -> 0);
  private final Dispatcher dispatcher =
      new Dispatcher(
          new MemoryLimits(MINUTE_NANOS, Long.MAX_VALUE, MINUTE_NANOS, 10 * MANY),
          new PositionJournal(false),
          meters,
          () -> 0,
          () -> Instant.EPOCH,
          supervisor,
          timer.eventLoop());

  private final Map<Integer, Integer> readByUser = new HashMap<>();
  private final List<Cursor> open = new ArrayList<>();
  private int nextUser;

  @AfterEach
  void tearDown() {
    timer.finishAndReleaseAll();
  }

  private Cursor connect() {
    int user = nextUser++;
    Cursor[] cursor = new Cursor[1];
    cursor[0] =
        new Cursor(
            Subscriber.of(user),
            loop,
            now -> {
              while (cursor[0].peek() != null) {
                cursor[0].advance();
                readByUser.merge(user, 1, Integer::sum);
              }
            });
    dispatcher.open(cursor[0]);
    open.add(cursor[0]);
    return cursor[0];
  }

  private void publish(Audience audience) {
    dispatcher.publish(
        List.of(
            new Event(
                EventEncoder.rpc(EventId.of("sig", 0), "{}", 1, 0),
                audience,
                0,
                RowOrder.committedAt(0))));
  }

  private boolean runOne() {
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  private static Audience everybody() {
    RoaringBitmap users = new RoaringBitmap();
    users.add(0L, 10L * MANY);
    return Audience.of(users);
  }

  private int read(Cursor cursor) {
    return readByUser.getOrDefault(cursor.userId(), 0);
  }

  @Test
  void aBroadcastReachesAllWhoStayWhoeverLeavesMeanwhile() {
    Random random = new Random(1);
    for (int i = 0; i < MANY; i++) {
      connect();
    }
    for (int round = 1; round <= 5; round++) {
      publish(everybody());
      for (int step = 0; step < 10 && runOne(); step++) {
        for (int i = 0; i < 40; i++) {
          Cursor leaving = open.remove(random.nextInt(open.size()));
          dispatcher.close(leaving);
        }
        connect();
        publish(Audience.of(open.get(random.nextInt(open.size())).userId()));
      }
      while (runOne()) {}
      for (Cursor cursor : open) {
        assertThat(cursor.peek()).as("user " + cursor.userId()).isNull();
        assertThat(read(cursor)).isPositive();
      }
      while (open.size() < MANY) {
        connect();
      }
    }
    assertThat(dispatcher.openCursors()).isEqualTo(open.size());
  }

  @Test
  void aMessageWakesItsReceiversAlone() {
    Cursor receiver = connect();
    Cursor other = connect();
    while (runOne()) {}
    publish(Audience.of(receiver.userId()));
    assertThat(tasks).hasSize(1);
    while (runOne()) {}
    assertThat(read(receiver)).isEqualTo(1);
    assertThat(read(other)).isZero();
  }

  @Test
  void aConnectionThatWasGoneBeforeItStartedIsNotListed() {
    Cursor gone = connect();
    dispatcher.close(gone);
    while (runOne()) {}
    publish(everybody());
    while (runOne()) {}
    assertThat(read(gone)).isZero();
    assertThat(dispatcher.openCursors()).isZero();
  }
}
