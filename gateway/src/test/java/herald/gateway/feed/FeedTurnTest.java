package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.testing.TestGateway.Eventually;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FeedTurnTest {
  private final FeedTurn turn = new FeedTurn();

  @Test
  void whoWaitsForItIsSeenAndHasItNext() throws Exception {
    assertThat(turn.tryTake()).isTrue();
    assertThat(turn.isAwaited()).isFalse();
    CompletableFuture<Boolean> taken = new CompletableFuture<>();
    Thread waiting =
        new Thread(
            () -> {
              try {
                taken.complete(turn.take(60_000));
              } catch (InterruptedException e) {
                taken.completeExceptionally(e);
              }
            });
    waiting.setDaemon(true);
    waiting.start();
    Eventually.holds("it is waited for", 20, turn::isAwaited);
    turn.giveBack();
    assertThat(taken.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(turn.isAwaited()).isFalse();
    assertThat(turn.tryTake()).isFalse();
  }
}
