package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.ConnectionSettings;
import herald.gateway.fanout.Cursor;
import herald.gateway.fanout.Subscriber;
import herald.gateway.metrics.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PingsTest {
  private static final int MANY = 1_000;

  private final ConnectionSettings settings = ConnectionSettings.defaults();
  private final Meters meters = new Meters(new SimpleMeterRegistry());

  private static long seconds(double seconds) {
    return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
  }

  /** Otherwise all connections would be pinged with the first tick after a standstill. */
  @Test
  void aStandstillMovesTheNextPing() {
    Pings pings = new Pings(settings, meters.connections(), new LoopStatistics(), 0);
    long nextNanos = pings.nextNanos();
    pings.onStandstill(seconds(75));
    assertThat(pings.nextNanos()).isEqualTo(nextNanos + seconds(75));
    assertThat(pings.mayFollowEvents(seconds(74))).isFalse();
  }

  /** A broadcast has all clients pinged at once. */
  @Test
  void theNextPingsOfManyAreSpread() {
    assertThat(settings.acknowledgeIntervalMillis()).isEqualTo(8_000);
    Cursor cursor = new Cursor(Subscriber.of(7), Runnable::run, now -> {});
    ByteBuf sink = Unpooled.buffer();
    List<Pings> many =
        Stream.generate(() -> new Pings(settings, meters.connections(), new LoopStatistics(), 0))
            .limit(MANY)
            .toList();
    assertThat(many).allMatch(pings -> pings.mayFollowEvents(0));
    many.forEach(pings -> pings.write(cursor, sink, 0));
    assertThat(many).noneMatch(pings -> pings.mayFollowEvents(seconds(5.99)));
    assertThat(many.stream().filter(pings -> pings.mayFollowEvents(seconds(7))).count())
        .as("half of them, as far as chance goes")
        .isBetween(MANY / 3L, MANY * 2L / 3);
    assertThat(many).allMatch(pings -> pings.mayFollowEvents(seconds(8)));
  }
}
