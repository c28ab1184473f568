package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.metrics.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ListenerProofTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private long nowNanos = TimeUnit.HOURS.toNanos(1);
  private final ListenerProof proof =
      new ListenerProof(new Meters(registry).feed(), () -> nowNanos);

  private void pass(long seconds) {
    nowNanos += TimeUnit.SECONDS.toNanos(seconds);
  }

  private void connect() {
    proof.become(ListenerState.CONNECTING);
    proof.nextConnection();
    proof.become(ListenerState.UNPROVED);
  }

  private double losses() {
    return registry.get("herald.listener.losses").counter().count();
  }

  @Test
  void anOutageIsOneLossWhateverIsTriedMeanwhile() {
    connect();
    assertThat(proof.prove()).isTrue();
    pass(10);
    proof.onLost(proof.connectionNumber());
    for (int i = 0; i < 3; i++) {
      proof.become(ListenerState.CONNECTING);
      pass(1);
      proof.become(ListenerState.LOST);
    }
    for (int i = 0; i < 3; i++) {
      connect();
      pass(1);
      proof.onLost(proof.connectionNumber());
    }
    assertThat(losses()).isEqualTo(1);
    assertThat(proof.takeAwayNanos()).as("while it is still away").isZero();
    connect();
    proof.prove();
    assertThat(proof.takeAwayNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(6));
    assertThat(proof.takeAwayNanos()).as("asked again").isZero();
    proof.onLost(proof.connectionNumber());
    assertThat(losses()).isEqualTo(2);
  }

  @Test
  void whatHasNeverBeenProvedIsNoLoss() {
    connect();
    proof.onLost(proof.connectionNumber());
    connect();
    proof.prove();
    assertThat(losses()).isZero();
    assertThat(proof.takeAwayNanos()).isZero();
  }
}
