package herald.gateway.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.RehearsalSettings;
import herald.gateway.database.Pools;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.RecoveredWallet;
import herald.protocol.RecoveryProvider;
import herald.protocol.WalletRecoveries;
import herald.protocol.WalletRecovery;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The rehearsal on sockets of this machine, with a database that is never asked. */
class RehearsalIT {
  private static final long DEADLINE_SECONDS = 60;

  private final GatewayConfig config =
      GatewayConfig.defaults(DatabaseUrl.parse("postgresql://nobody@127.0.0.1:1/none"));
  private final WalletRecovery recovery = WalletRecoveries.choose(RecoveryProvider.AUTO);
  private final Pools pools = new Pools(config, new SimpleMeterRegistry());
  private final IsolatedFailures failures =
      new Supervisor(new Meters(new SimpleMeterRegistry()).supervision(), System::nanoTime)
          .failures();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("herald");
  private @Nullable Level before;

  @BeforeEach
  void gatherLines() {
    before = logger.getLevel();
    logger.setLevel(Level.DEBUG);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void close() {
    logger.detachAppender(lines);
    logger.setLevel(before);
    pools.close();
  }

  private static boolean isAnyThreadLeft() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getThreadGroup)
        .anyMatch(group -> group != null && group.getName().equals("herald-rehearsal"));
  }

  private Rehearsal rehearsal(WalletRecovery with, Duration longest) {
    GatewayConfig changed = config.toBuilder().rehearsal(new RehearsalSettings(longest)).build();
    return new Rehearsal(changed, with, pools, failures);
  }

  @Test
  void anEventGoesTheWholeWay() throws Exception {
    try (Stage stage = new Stage(config, recovery, pools);
        RehearsalClient client = stage.connect(30_000)) {
      stage.publish();
      client.awaitEvent();
      client.ping();
      stage.publish();
      client.awaitEvent();
      assertThat(stage.events()).isEqualTo(2);
    }
  }

  @Test
  void leavesNoThreadAndNoLine() throws Exception {
    Rehearsal rehearsal = rehearsal(recovery, Duration.ofMillis(300));
    assertThat(rehearsal.isOver()).isFalse();
    rehearsal.start();
    Eventually.holds("it is over", DEADLINE_SECONDS, rehearsal::isOver);
    Eventually.holds("no thread is left", DEADLINE_SECONDS, () -> !isAnyThreadLeft());
    assertThat(failures.count(Place.REHEARSAL)).isZero();
    assertThat(lines.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
  }

  @Test
  void aFailureIsCountedAndLoggedOnceAndNobodyWaits() throws Exception {
    WalletRecovery broken =
        new WalletRecovery() {
          @Override
          public @Nullable RecoveredWallet recover(byte[] message, byte[] signature) {
            return null;
          }

          @Override
          public String name() {
            return "broken";
          }
        };
    Rehearsal rehearsal = rehearsal(broken, Duration.ofMillis(300));
    rehearsal.start();
    Eventually.holds("it is over", DEADLINE_SECONDS, rehearsal::isOver);
    Eventually.holds("it is counted", DEADLINE_SECONDS, () -> failures.count(Place.REHEARSAL) == 1);
    Eventually.holds("no thread is left", DEADLINE_SECONDS, () -> !isAnyThreadLeft());
    assertThat(lines.list)
        .singleElement()
        .satisfies(
            line -> assertThat(line.getFormattedMessage()).contains("the rehearsal before ready"));
  }

  @Test
  void isOverAtOnceIfItIsSwitchedOff() {
    Rehearsal rehearsal = rehearsal(recovery, Duration.ZERO);
    assertThat(rehearsal.isOver()).isTrue();
    rehearsal.start();
    assertThat(isAnyThreadLeft()).isFalse();
  }
}
