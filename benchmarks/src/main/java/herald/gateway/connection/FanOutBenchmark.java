package herald.gateway.connection;

import herald.gateway.admission.ClientAddress;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import herald.gateway.fanout.Subscriber;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.roaringbitmap.RoaringBitmap;

/** One event from the dispatcher to the frames of N connections: all but the socket. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class FanOutBenchmark {
  private static final String RPC =
      "{\"method\":\"chat.message\",\"params\":{\"message\":\"" + "x".repeat(150) + "\"}}";

  /** Connections, each a user of its own. */
  @Param({"1", "100", "10000"})
  public int connections;

  /** All connections belong to one event loop, which does at once what it is given. */
  private static final Executor ONE_LOOP = Runnable::run;

  private static final ClientAddress NOWHERE = new ClientAddress(InetAddress.getLoopbackAddress());

  private final EncodedEvent encoded = EventEncoder.rpc(EventId.of("sig", 0), RPC, 1, 0);
  private BenchLoop loop;
  private EmbeddedChannel[] channels;
  private Audience audience;

  /** Connects all. */
  @Setup(Level.Trial)
  public void setUp() {
    loop = new BenchLoop();
    channels = new EmbeddedChannel[connections];
    RoaringBitmap users = new RoaringBitmap();
    for (int user = 0; user < connections; user++) {
      EmbeddedChannel channel = loop.channel();
      channel
          .pipeline()
          .addLast(new ClientConnection(loop.context(), ONE_LOOP, Subscriber.of(user), NOWHERE));
      channels[user] = channel;
      users.add(user);
    }
    loop.settle(channels);
    audience = connections == 1 ? Audience.of(0) : Audience.of(users);
  }

  /** Published, dispatched, written. */
  @Benchmark
  public void publish() {
    loop.dispatcher()
        .publish(List.of(new Event(encoded, audience, 0, RowOrder.committedAt(System.nanoTime()))));
  }

  /** Disconnects all. */
  @TearDown(Level.Trial)
  public void tearDown() {
    for (EmbeddedChannel channel : channels) {
      channel.close();
    }
  }
}
