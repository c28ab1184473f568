package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.testing.BlockingTrap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The trap watches the driver's I/O thread while it is in our callback. */
@EnabledIfSystemProperty(named = "herald.trap.blocking", matches = "true")
class CallbackBlockingIT {
  @Test
  void aCallbackThatBlocksIsFound() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    CountDownLatch notified = new CountDownLatch(1);
    ListenerConnection listener =
        ListenerConnection.open(
            DatabaseUrl.parse(database.url()),
            10_000,
            10_000,
            (channel, payload) -> {
              LockSupport.parkNanos(1_000);
              notified.countDown();
            },
            () -> {},
            "canary");
    try (listener) {
      assertThat(
              BlockingTrap.provoke(
                  () -> {
                    database.execute("notify canary");
                    return notified.await(20, TimeUnit.SECONDS);
                  }))
          .hasSize(1)
          .first()
          .asString()
          .contains("PG-JDBC I/O", "notification");
    }
  }
}
