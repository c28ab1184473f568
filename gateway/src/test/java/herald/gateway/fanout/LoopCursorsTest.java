package herald.gateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/** While an event loop wakes very many connections, it does its other work in between. */
class LoopCursorsTest {
  private static final int CONNECTIONS = 1_000;
  private static final int MORE = 50;
  private static final long WAIT_SECONDS = 30;

  private final Meters meters = new Meters(new SimpleMeterRegistry());
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, executor -> new CountedTurns(NioIoHandler.newFactory().newHandler(executor)));
  private final EventLoop loop = group.next();
  private final Dispatcher dispatcher =
      new Dispatcher(
          new MemoryLimits(TimeUnit.MINUTES.toNanos(1), Long.MAX_VALUE, 0, CONNECTIONS),
          new PositionJournal(false),
          meters,
          System::nanoTime,
          InstantSource.system(),
          new Supervisor(meters.supervision(), System::nanoTime));
  private final CountDownLatch started = new CountDownLatch(CONNECTIONS);
  private final CountDownLatch written = new CountDownLatch(CONNECTIONS);
  private final CountDownLatch writtenAll = new CountDownLatch(CONNECTIONS * (1 + MORE));

  // Event loop, until all is written.
  private int turn;
  private final Map<Integer, Integer> writtenByTurn = new HashMap<>();
  private int writtenBeforeATaskThatCameBehind = -1;
  private int visits;
  private Runnable onFirst = () -> {};

  /** Counts how often the loop has looked at its sockets. */
  private final class CountedTurns implements IoHandler {
    private final IoHandler sockets;

    private CountedTurns(IoHandler sockets) {
      this.sockets = sockets;
    }

    @Override
    public void initialize() {
      sockets.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
      turn++;
      return sockets.run(context);
    }

    @Override
    public void prepareToDestroy() {
      sockets.prepareToDestroy();
    }

    @Override
    public void destroy() {
      sockets.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
      return sockets.register(handle);
    }

    @Override
    public void wakeup() {
      sockets.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
      return sockets.isCompatible(handleType);
    }
  }

  private final class Connection implements CursorOwner {
    private final Cursor cursor;

    private Connection(int user) {
      cursor = new Cursor(Subscriber.of(user), loop, this);
    }

    @Override
    public void onWake(long nowNanos) {
      if (cursor.peek() == null) {
        started.countDown();
        return;
      }
      while (cursor.peek() != null) {
        cursor.advance();
        if (writtenByTurn.isEmpty()) {
          loop.execute(() -> writtenBeforeATaskThatCameBehind = written());
          onFirst.run();
        }
        writtenByTurn.merge(turn, 1, Integer::sum);
        written.countDown();
        writtenAll.countDown();
      }
    }

    @Override
    public int prefetch() {
      visits++;
      return 0;
    }
  }

  private int written() {
    return writtenByTurn.values().stream().mapToInt(Integer::intValue).sum();
  }

  @AfterEach
  void close() {
    dispatcher.close();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private void connectAll() throws Exception {
    for (int user = 1; user <= CONNECTIONS; user++) {
      dispatcher.open(new Connection(user).cursor);
    }
    assertThat(started.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private void publishToAll() {
    RoaringBitmap users = new RoaringBitmap();
    users.add(1L, CONNECTIONS + 1L);
    dispatcher.publish(
        List.of(
            new Event(
                EventEncoder.rpc(EventId.of("sig", 0), "{}", 1, 0),
                Audience.of(users),
                0,
                RowOrder.committedAt(0))));
  }

  /**
   * Waits until the loop has begun this many further turns. A task that is scheduled from outside
   * may be done in the turn that is going on, and any number of them may.
   */
  private void awaitTurns(int turns) throws Exception {
    CountDownLatch begun = new CountDownLatch(turns);
    loop.execute(() -> beginTurn(begun));
    assertThat(begun.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private void beginTurn(CountDownLatch begun) {
    begun.countDown();
    if (begun.getCount() > 0) {
      var unused = loop.schedule(() -> beginTurn(begun), 0, TimeUnit.NANOSECONDS);
    }
  }

  @Test
  void broadcastsThatComeWithinAnotherAreOneWalkTogether() throws Exception {
    connectAll();
    onFirst =
        () -> {
          for (int i = 0; i < MORE; i++) {
            publishToAll();
          }
        };
    publishToAll();
    assertThat(writtenAll.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    // The last walk may find nothing any more, and is over when nothing is due.
    awaitTurns(2 * CONNECTIONS / LoopCursors.SLICE + 2);
    assertThat(visits).isBetween(CONNECTIONS + 1, 3 * CONNECTIONS);
  }

  @Test
  void tasksAndSocketsHaveTheirTurnWithinABroadcast() throws Exception {
    connectAll();
    publishToAll();
    assertThat(written.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    loop.submit(() -> {}).sync();
    assertThat(writtenByTurn.values())
        .as("those that were written to between two looks at the sockets")
        .allMatch(connections -> connections <= LoopCursors.SLICE);
    assertThat(writtenBeforeATaskThatCameBehind).isBetween(1, LoopCursors.SLICE);
    assertThat(LoopCursors.SLICE).isLessThan(CONNECTIONS / 10);
  }
}
