package herald.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.metrics.Meters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.testing.BrittleDatabase;
import herald.gateway.testing.TestGateway.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrimaryStatusTest {
  private final IsolatedFailures failures =
      new IsolatedFailures(new Meters(new SimpleMeterRegistry()).supervision(), System::nanoTime);
  private final BrittleDatabase database = new BrittleDatabase();

  static List<Throwable> failures() {
    return List.of(new IllegalStateException(), new OutOfMemoryError());
  }

  @ParameterizedTest
  @MethodSource("failures")
  void goesOnAskingWhateverIsThrown(Throwable failure) throws Exception {
    database.failWith(failure);
    try (PrimaryStatus status = new PrimaryStatus(database, server -> {}, failures, 10)) {
      status.start();
      Eventually.holds("it asks again", 20, () -> failures.count(Place.PRIMARY_STATUS) >= 3);
      assertThat(status.notificationQueueUsage()).isNaN();
      assertThat(status.version()).isEmpty();
    }
  }
}
