package herald.gateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The trap can fail: a thread of each watched kind that blocks is found. */
@EnabledIfSystemProperty(named = "herald.trap.blocking", matches = "true")
class BlockingTrapIT {
  private static Set<String> found(String threadName) throws Exception {
    return BlockingTrap.provoke(
        () -> {
          Thread thread = new Thread(() -> LockSupport.parkNanos(1_000), threadName);
          thread.start();
          thread.join();
          return thread;
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"herald-loop-1-1", "PG-JDBC I/O (1)"})
  void findsAThreadThatBlocks(String threadName) throws Exception {
    assertThat(found(threadName)).hasSize(1).first().asString().contains("park");
  }

  @Test
  void leavesOthersAlone() throws Exception {
    assertThat(found("herald-directory-1-1")).isEmpty();
  }
}
