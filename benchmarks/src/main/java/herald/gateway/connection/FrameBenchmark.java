package herald.gateway.connection;

import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import herald.protocol.HashIds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The frame of one event for the next of its receivers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FrameBenchmark {
  private static final String RPC =
      "{\"method\":\"chat.message\",\"params\":{\"message\":\"" + "x".repeat(150) + "\"}}";

  private final EncodedEvent event = EventEncoder.rpc(EventId.of("sig", 0), RPC, 1, 0);
  private final byte[][] receivers = {receiver(100_001), receiver(100_002)};
  private final LoopBuffer loopBuffer = new LoopBuffer();
  private int turn;

  private static byte[] receiver(int user) {
    return HashIds.encode(user).getBytes(StandardCharsets.US_ASCII);
  }

  private byte[] next() {
    return receivers[turn++ & 1];
  }

  /** Written anew for each receiver. */
  @Benchmark
  public int copied() {
    byte[] receiver = next();
    ByteBuf lent = lend(receiver);
    Frames.writeEvent(event, receiver, lent);
    int bytes = lent.readableBytes();
    loopBuffer.takeBack(lent);
    return bytes;
  }

  /** The receiver exchanged in the frame that is there, as event loops do it. */
  @Benchmark
  public int exchanged() {
    byte[] receiver = next();
    ByteBuf lent = lend(receiver);
    loopBuffer.writeEvent(event, receiver, lent);
    int bytes = lent.readableBytes();
    loopBuffer.takeBack(lent);
    return bytes;
  }

  private ByteBuf lend(byte[] receiver) {
    return Objects.requireNonNull(
        loopBuffer.lend(ByteBufAllocator.DEFAULT, Frames.eventBytes(event, receiver)));
  }

  /** Frees the buffer. */
  @TearDown
  public void close() {
    loopBuffer.close();
  }
}
