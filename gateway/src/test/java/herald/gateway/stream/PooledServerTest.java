package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.database.ServerIdentity;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When the pooled connections of an instance that reads a stream are replaced. */
class PooledServerTest {
  private static final ServerIdentity PRIMARY = new ServerIdentity(1, false, "00000001");
  private static final ServerIdentity PROMOTED = new ServerIdentity(2, false, "00000002");
  private static final ServerIdentity STANDBY = new ServerIdentity(3, true, "");

  private final AtomicInteger evictions = new AtomicInteger();
  private @Nullable ServerIdentity ofMark;
  private final PooledServer pooled = new PooledServer(() -> ofMark, evictions::incrementAndGet);

  @Test
  void thoseThatLeadToAnotherPrimaryThanTheRelaysAreReplaced() {
    ofMark = PRIMARY;
    pooled.onServer(PRIMARY);
    assertThat(evictions).hasValue(0);
    ofMark = PROMOTED;
    pooled.onServer(PRIMARY);
    assertThat(evictions).hasValue(1);
    pooled.onServer(PROMOTED);
    assertThat(evictions).hasValue(1);
  }

  @Test
  void thoseThatLeadToAStandbyAreReplacedWhateverIsInTheStream() {
    pooled.onServer(STANDBY);
    assertThat(evictions).hasValue(1);
    ofMark = PRIMARY;
    pooled.onServer(STANDBY);
    assertThat(evictions).hasValue(2);
  }

  @Test
  void beforeTheFirstMarkAPrimaryIsAsGoodAsAnother() {
    pooled.onServer(PRIMARY);
    assertThat(evictions).hasValue(0);
  }
}
