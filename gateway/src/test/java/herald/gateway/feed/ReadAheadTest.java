package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.BrittleDatabase;
import herald.gateway.testing.TestGateway.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The threads that read parts of a large batch, with a database that holds them. */
final class ReadAheadTest {
  private static final int WAIT_SECONDS = 20;
  private static final int PARTS = 4;

  private final AtomicLong nowNanos = new AtomicLong(TimeUnit.SECONDS.toNanos(100));
  private final Supervisor supervisor =
      new Supervisor(new Meters(new SimpleMeterRegistry()).supervision(), nowNanos::get);
  private final BrittleDatabase database = new BrittleDatabase();
  private final RpcLogReader reader = new RpcLogReader(database, null);
  private final ExecutorService asking = Executors.newSingleThreadExecutor();

  @AfterEach
  void letGo() {
    database.release();
    asking.shutdownNow();
  }

  private static Map<String, Long> signatures() {
    Map<String, Long> signatures = new LinkedHashMap<>();
    for (int i = 0; i < 100; i++) {
      signatures.put("signature " + i, 0L);
    }
    return signatures;
  }

  private void pass(long seconds) {
    nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void aReadThatStandsStillIsSeen() throws Exception {
    database.failWith(null);
    try (ReadAhead ahead = new ReadAhead(reader, supervisor, 30_000)) {
      Future<ReadAhead.Read> read = asking.submit(() -> ahead.read(signatures()));
      Eventually.holds("all parts are read", WAIT_SECONDS, () -> database.held() == PARTS);
      pass(29);
      assertThat(supervisor.problem()).isNull();
      pass(13);
      assertThat(supervisor.problem())
          .isEqualTo("a task of herald-read-ahead has been running for 42 s");
      database.release();
      assertThatThrownBy(() -> read.get(WAIT_SECONDS, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
      Eventually.holds("none is read", WAIT_SECONDS, () -> supervisor.problem() == null);
    }
  }

  @Test
  void whatStandsStillAfterTheCloseIsNoProblem() throws Exception {
    database.failWith(null);
    ReadAhead ahead = new ReadAhead(reader, supervisor, 30_000);
    Future<ReadAhead.Read> unused = asking.submit(() -> ahead.read(signatures()));
    Eventually.holds("all parts are read", WAIT_SECONDS, () -> database.held() == PARTS);
    ahead.close();
    pass(1_000);
    assertThat(supervisor.problem()).isNull();
  }
}
