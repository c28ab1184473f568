package herald.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A process that has room for few files. */
class AdminAcceptorTest {
  private static final int RESERVED = 2;

  private int free = 5;
  private final DescriptorReserve reserve = new DescriptorReserve(RESERVED, this::open);
  private final EmbeddedChannel listening = new EmbeddedChannel(new AdminAcceptor(reserve));

  private Closeable open() throws IOException {
    if (free == 0) {
      throw new IOException("Too many open files");
    }
    free--;
    return () -> free++;
  }

  private void fail() {
    listening.pipeline().fireExceptionCaught(new IOException("Too many open files"));
  }

  private void pass(long millis) {
    listening.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    listening.runScheduledPendingTasks();
  }

  @Test
  void givesOneUpForEachRequestAndTakesItAgain() {
    assertThat(free).isEqualTo(3);
    free = 0;
    fail();
    assertThat(free).isEqualTo(1);
    assertThat(listening.config().isAutoRead()).as("it is tried again at once").isTrue();
    free--;
    EmbeddedChannel request = new EmbeddedChannel();
    listening.writeInbound(request);
    request.close();
    free++;
    pass(2);
    assertThat(free).isZero();
    assertThat(reserve.held()).isEqualTo(RESERVED);
  }

  @Test
  void pausesWhenNoneIsLeft() {
    free = 0;
    fail();
    fail();
    free = 0;
    fail();
    assertThat(listening.config().isAutoRead()).isFalse();
    listening.checkException();
    free = 1;
    pass(1_001);
    assertThat(listening.config().isAutoRead()).isTrue();
    assertThat(reserve.held()).as("taken when there was one").isEqualTo(1);
  }

  @Test
  void holdsNothingWhenItEnds() {
    listening.close();
    listening.runPendingTasks();
    pass(2_000);
    assertThat(free).isEqualTo(5);
  }
}
