package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.metrics.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AcceptFailuresTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final EmbeddedChannel listening =
      new EmbeddedChannel(new AcceptFailures(new Meters(registry).connections()));

  @AfterEach
  void finish() {
    listening.finishAndReleaseAll();
  }

  private void fail() {
    listening.pipeline().fireExceptionCaught(new IOException("Too many open files"));
  }

  @Test
  void isCountedAndTriedAgainAfterAPause() {
    listening.freezeTime();
    fail();
    assertThat(registry.get("herald.connections.accept.failures").counter().count()).isEqualTo(1);
    assertThat(listening.config().isAutoRead()).isFalse();
    listening.advanceTimeBy(AcceptFailures.PAUSE_MILLIS - 1, TimeUnit.MILLISECONDS);
    listening.runScheduledPendingTasks();
    assertThat(listening.config().isAutoRead()).isFalse();
    listening.advanceTimeBy(2, TimeUnit.MILLISECONDS);
    listening.runScheduledPendingTasks();
    assertThat(listening.config().isAutoRead()).isTrue();
    fail();
    assertThat(registry.get("herald.connections.accept.failures").counter().count()).isEqualTo(2);
  }

  /** Netty would log a stack trace each time. */
  @Test
  void goesNoFurther() {
    fail();
    listening.checkException();
  }
}
