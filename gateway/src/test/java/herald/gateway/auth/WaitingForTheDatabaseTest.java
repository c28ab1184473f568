package herald.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.RevalidationSettings;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.DataSourceStub;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What clients can make wait for a database that does not answer. */
class WaitingForTheDatabaseTest {
  private static final long QUERY_MILLIS = 60_000;

  private final Meters meters = new Meters(new SimpleMeterRegistry());
  private final Supervisor supervisor = new Supervisor(meters.supervision(), System::nanoTime);
  private final CountDownLatch go = new CountDownLatch(1);

  private final DataSourceStub mute =
      new DataSourceStub() {
        @Override
        public Connection getConnection() throws SQLException {
          try {
            go.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          throw new SQLException("it has not answered");
        }
      };

  @Test
  void lookUpsOfWallets() {
    try (UserDirectory directory =
        new UserDirectory(mute, RevalidationSettings.defaults(), QUERY_MILLIS, supervisor)) {
      List<CompletableFuture<OptionalInt>> answers = new ArrayList<>();
      int offered = UserDirectory.MAX_WAITING + 2 * UserDirectory.MAX_BATCH;
      for (int i = 0; i < offered; i++) {
        answers.add(directory.userOf("wallet " + i));
      }
      long refused = answers.stream().filter(CompletableFuture::isCompletedExceptionally).count();
      assertThat(refused).isBetween((long) UserDirectory.MAX_BATCH, 2L * UserDirectory.MAX_BATCH);
      go.countDown();
    }
  }

  @Test
  void publicKeys() {
    try (PublicKeyStore keys =
        new PublicKeyStore(mute, meters.handshakes(), QUERY_MILLIS, supervisor)) {
      for (int user = 0; user < PublicKeyStore.MAX_WAITING + 10; user++) {
        keys.offer(user, new byte[65]);
      }
      assertThat(keys.waiting()).isEqualTo(PublicKeyStore.MAX_WAITING);
      go.countDown();
    }
  }
}
