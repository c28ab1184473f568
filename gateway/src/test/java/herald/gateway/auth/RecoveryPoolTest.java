package herald.gateway.auth;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.protocol.RecoveredWallet;
import herald.protocol.WalletRecovery;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecoveryPoolTest {
  /** Breaks for a message of one byte. */
  private static final WalletRecovery BRITTLE =
      new WalletRecovery() {
        @Override
        public @Nullable RecoveredWallet recover(byte[] message, byte[] signature) {
          if (message.length == 1) {
            throw new IllegalStateException("broken");
          }
          return null;
        }

        @Override
        public String name() {
          return "brittle";
        }
      };

  private final Supervisor supervisor =
      new Supervisor(new Meters(new SimpleMeterRegistry()).supervision(), System::nanoTime);

  @Test
  void aRecoveryThatBreaksIsSaidAndTheNextOneRuns() throws Exception {
    try (RecoveryPool pool = new RecoveryPool(BRITTLE, 1, 10, nanos -> {}, supervisor)) {
      assertThatThrownBy(
              () ->
                  requireNonNull(pool.recover(new byte[1], new byte[65])).get(20, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("broken");
      assertThat(requireNonNull(pool.recover(new byte[2], new byte[65])).get(20, TimeUnit.SECONDS))
          .isNull();
    }
  }

  @Test
  void moreThanMayWaitAreRefused() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    WalletRecovery slow =
        new WalletRecovery() {
          @Override
          public @Nullable RecoveredWallet recover(byte[] message, byte[] signature) {
            begun.countDown();
            try {
              go.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return null;
          }

          @Override
          public String name() {
            return "slow";
          }
        };
    try (RecoveryPool pool = new RecoveryPool(slow, 1, 2, nanos -> {}, supervisor)) {
      var first = requireNonNull(pool.recover(new byte[1], new byte[65]));
      begun.await();
      assertThat(pool.recover(new byte[1], new byte[65])).isNotNull();
      var third = requireNonNull(pool.recover(new byte[1], new byte[65]));
      assertThat(pool.recover(new byte[1], new byte[65])).isNull();
      go.countDown();
      first.get(20, TimeUnit.SECONDS);
      third.get(20, TimeUnit.SECONDS);
      assertThat(pool.recover(new byte[1], new byte[65])).isNotNull();
    }
  }
}
