package herald.gateway.check;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.check.Finding.Level;
import org.junit.jupiter.api.Test;

/** Where a figure turns from well to worth a look. */
final class ThresholdsTest {
  @Test
  void aServerIsOfVersion13OrNewer() {
    assertThat(ServerCheck.version("13.0", 130_000))
        .isEqualTo(Finding.ok("server", "PostgreSQL 13.0"));
    assertThat(ServerCheck.version("12.22", 120_022))
        .isEqualTo(Finding.fail("server", "PostgreSQL 12.22 is too old (expected: 13 or newer)"));
  }

  @Test
  void aGatewayNeedsNineConnections() {
    assertThat(ServerCheck.enoughConnections(9).level()).isEqualTo(Level.OK);
    assertThat(ServerCheck.enoughConnections(8))
        .isEqualTo(
            Finding.warn(
                "connections",
                "8 of the server's connections are free"
                    + " (expected: at least 9 for each gateway; raise max_connections)"));
  }

  @Test
  void aTenthOfTheNotificationQueueIsMuch() {
    assertThat(ServerCheck.roomForNotifications(0.09).level()).isEqualTo(Level.OK);
    assertThat(ServerCheck.roomForNotifications(0.1).level()).isEqualTo(Level.WARN);
  }

  @Test
  void aClockMayBeFiveSecondsOff() {
    assertThat(ServerCheck.clock(1_005.0, 1_000.0).level()).isEqualTo(Level.OK);
    assertThat(ServerCheck.clock(1_005.1, 1_000.0).sentence())
        .startsWith("5.1 s ahead of this machine's");
    assertThat(ServerCheck.clock(994.0, 1_000.0).sentence())
        .startsWith("6.0 s behind this machine's");
  }

  @Test
  void everySessionHasOneBackendOfItsOwn() {
    assertThat(NotificationCheck.judgeBackends(1, 2, 1, 2).level()).isEqualTo(Level.OK);
    assertThat(NotificationCheck.judgeBackends(1, 1, 1, 1).sentence())
        .startsWith("two sessions were served by one backend");
    assertThat(NotificationCheck.judgeBackends(1, 2, 2, 1).sentence())
        .startsWith("one session was served by two backends");
    assertThat(NotificationCheck.judgeBackends(1, 2, 1, 3).level()).isEqualTo(Level.FAIL);
  }
}
