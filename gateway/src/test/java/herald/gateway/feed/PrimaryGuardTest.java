package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.database.ServerIdentity;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PrimaryGuardTest {
  private final AtomicReference<@Nullable ServerIdentity> server = new AtomicReference<>();
  private final AtomicInteger evictions = new AtomicInteger();
  private final PrimaryGuard guard =
      new PrimaryGuard(server::get, () -> evictions.incrementAndGet());

  private int evictionsAfterListeningOn(@Nullable ServerIdentity identity) {
    server.set(identity);
    guard.onListening();
    return evictions.get();
  }

  @Test
  void pooledConnectionsGoWithTheServerOfTheListener() {
    ServerIdentity first = new ServerIdentity(1, false, "00000001");
    ServerIdentity second = new ServerIdentity(2, false, "00000002");
    assertThat(evictionsAfterListeningOn(first)).as("it is the first").isZero();
    assertThat(evictionsAfterListeningOn(first)).as("the same again").isZero();
    assertThat(evictionsAfterListeningOn(null)).as("no probe has come back").isZero();
    assertThat(evictionsAfterListeningOn(second)).isEqualTo(1);
    assertThat(evictionsAfterListeningOn(second)).isEqualTo(1);
    assertThat(evictionsAfterListeningOn(null)).isEqualTo(1);
    assertThat(evictionsAfterListeningOn(first)).isEqualTo(2);
  }
}
