package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.metrics.Meters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.testing.BrittleRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoopLagTest {
  private final Meters meters = new Meters(new SimpleMeterRegistry());
  private long nowNanos;

  private LoopLag lag(int maxMillis) {
    return new LoopLag(meters.connections(), () -> nowNanos, maxMillis);
  }

  private void at(long millis) {
    nowNanos = TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void isOverLimitWhileALoopIsBehind() {
    LoopLag lag = lag(500);
    at(100);
    lag.run();
    at(700);
    assertThat(lag.isOverLimit()).isFalse();
    at(701);
    assertThat(lag.isOverLimit()).as("the run that was due at 200 ms has not come").isTrue();
    for (int run = 0; run < 6; run++) {
      lag.run();
    }
    assertThat(lag.isOverLimit()).as("all runs are made up for").isFalse();
  }

  @Test
  void aRunThatFailsIsMadeUpForAllTheSame() {
    LoopLag lag = new LoopLag(new Meters(new BrittleRegistry()).connections(), () -> nowNanos, 500);
    EmbeddedChannel channel = new EmbeddedChannel();
    IsolatedFailures failures = new IsolatedFailures(meters.supervision(), () -> 0);
    lag.measure(channel.eventLoop(), failures);
    for (int run = 1; run <= 20; run++) {
      at(100L * run);
      channel.advanceTimeBy(100, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
    }
    assertThat(failures.count(Place.LOOP)).isEqualTo(20);
    assertThat(lag.isOverLimit()).isFalse();
    channel.finishAndReleaseAll();
  }

  @Test
  void zeroIsNoLimit() {
    LoopLag lag = lag(0);
    at(3_600_000);
    assertThat(lag.isOverLimit()).isFalse();
  }
}
