package herald.gateway.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HeapRoomTest {
  private static final long HEAP_BYTES = 1L << 30;
  private static final ByteSize LOG = ByteSize.ofMebibytes(256);

  /** What three quarters of the heap have beside the log. */
  private static final long LEFT_BYTES = 512L << 20;

  private static void require(int maxConnections, int maxRemembered) {
    HeapRoom.require(
        EventLogSettings.builder().maxBytes(LOG).maxRemembered(maxRemembered).build(),
        ConnectionSettings.builder().maxConnections(maxConnections).build(),
        HEAP_BYTES);
  }

  @Test
  void moreConnectionsThanFitAreRefused() {
    int most = (int) (LEFT_BYTES / 2_500);
    assertThatCode(() -> require(most, 1_000)).doesNotThrowAnyException();
    assertThatThrownBy(() -> require(most + 1, 1_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "--max-connections 214749 and the log of 268435456 bytes take at least 805307956 bytes,"
                + " and the heap can hold 1073741824 (expected: three quarters of the heap or less;"
                + " raise -Xmx in HERALD_JAVA_OPTS or lower these options)");
  }

  @Test
  void morePositionsThanFitAreRefused() {
    int most = (int) (LEFT_BYTES / 270);
    assertThatCode(() -> require(1_000, most)).doesNotThrowAnyException();
    assertThatThrownBy(() -> require(1_000, most + 1))
        .hasMessageStartingWith("--max-remembered 1988411 and the log of ");
  }

  @Test
  void bothAreCountedTogether() {
    assertThatThrownBy(() -> require(150_000, 1_500_000))
        .hasMessageStartingWith(
            "--max-connections 150000 and --max-remembered 1500000 and the log");
  }

  /** They are bounds; an instance with a small heap has few connections. */
  @Test
  void theDefaultsFitAnyHeap() {
    ConnectionSettings connections = ConnectionSettings.defaults();
    EventLogSettings log = EventLogSettings.builder().maxBytes(ByteSize.ofMebibytes(16)).build();
    assertThatCode(() -> HeapRoom.require(log, connections, 64L << 20)).doesNotThrowAnyException();
  }

  @Test
  void aLogThatDoesNotFitIsRefused() {
    EventLogSettings log =
        EventLogSettings.builder().maxBytes(new ByteSize(HEAP_BYTES / 2 + 1)).build();
    assertThatThrownBy(() -> HeapRoom.require(log, ConnectionSettings.defaults(), HEAP_BYTES))
        .hasMessageStartingWith("log size is 536870913 bytes");
  }
}
