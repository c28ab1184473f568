package herald.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.admission.WalletUser;
import herald.gateway.auth.UserDirectory.UnavailableException;
import herald.gateway.config.RevalidationSettings;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.TestGateway.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the directory believes, for how long, and how it asks. */
class UserDirectoryTest {
  private static final int WAIT_SECONDS = 20;
  private static final String BARRIER = "barrier ";

  private final AtomicLong nowNanos = new AtomicLong();
  private final FakeUsers users = new FakeUsers();
  private final UserDirectory directory =
      new UserDirectory(
          users.database(),
          new RevalidationSettings(Duration.ofMinutes(4), 1_000),
          30_000,
          new Supervisor(new Meters(new SimpleMeterRegistry()).supervision(), System::nanoTime),
          nowNanos::get);

  private int barriers;

  @AfterEach
  void close() {
    directory.close();
  }

  /**
   * The answer, and the cache has noted when it came: it does so on the directory's thread, which
   * gives one answer after the other.
   */
  private OptionalInt userOf(String wallet) throws Exception {
    OptionalInt user = directory.userOf(wallet).get(WAIT_SECONDS, TimeUnit.SECONDS);
    barriers++;
    assertThat(directory.userOf(BARRIER + barriers).get(WAIT_SECONDS, TimeUnit.SECONDS)).isEmpty();
    return user;
  }

  private List<List<Object>> queries() {
    return users.queries().stream()
        .filter(wallets -> !wallets.get(0).toString().startsWith(BARRIER))
        .toList();
  }

  private void pass(Duration time) {
    nowNanos.addAndGet(time.toNanos());
  }

  private void assertUnavailable(String wallet) {
    assertThatThrownBy(() -> userOf(wallet))
        .satisfiesAnyOf(
            e -> assertThat(e).isInstanceOf(UnavailableException.class),
            e -> assertThat(e).hasCauseInstanceOf(UnavailableException.class));
  }

  @Test
  void aKnownWalletIsAskedForOnce() throws Exception {
    users.add("0x1", 7);
    assertThat(userOf("0x1")).hasValue(7);
    pass(Duration.ofSeconds(119));
    assertThat(userOf("0x1")).hasValue(7);
    assertThat(queries()).containsExactly(List.of("0x1"));
  }

  @Test
  void thatAWalletIsNobodysIsBelievedForSecondsOnly() throws Exception {
    assertThat(userOf("0x1")).isEmpty();
    users.add("0x1", 7);
    pass(Duration.ofSeconds(4));
    assertThat(userOf("0x1")).isEmpty();
    pass(Duration.ofSeconds(2));
    assertThat(userOf("0x1")).hasValue(7);
    assertThat(queries()).hasSize(2);
  }

  @Test
  void noAnswerIsGivenAgainAfterHalfTheInterval() throws Exception {
    users.add("0x1", 7);
    assertThat(userOf("0x1")).hasValue(7);
    users.add("0x1", 8);
    pass(Duration.ofSeconds(121));
    assertThat(userOf("0x1")).as("the first that is asked for").hasValue(8);
    users.remove("0x1");
    pass(Duration.ofSeconds(121));
    assertThat(userOf("0x1")).isEmpty();
    users.setAway(true);
    pass(Duration.ofSeconds(121));
    assertUnavailable("0x1");
    assertThat(queries()).hasSize(4);
  }

  @Test
  void whoIsKnownGetsInForAnHourWhileTheDatabaseIsAway() throws Exception {
    users.add("0x1", 7);
    assertThat(userOf("0x1")).hasValue(7);
    users.setAway(true);
    for (int minutes = 0; minutes < 54; minutes += 6) {
      pass(Duration.ofMinutes(6));
      int asked = queries().size();
      Eventually.holds(
          "it was tried",
          WAIT_SECONDS,
          () -> {
            assertThat(directory.userOf("0x1").join()).hasValue(7);
            return queries().size() > asked;
          });
    }
    pass(Duration.ofMinutes(7));
    assertUnavailable("0x1");
    assertUnavailable("0x2");
    users.setAway(false);
    assertThat(userOf("0x1")).as("a failure is not kept").hasValue(7);
    assertThat(userOf("0x2")).isEmpty();
  }

  @Test
  void allThatWaitAreAskedForInOneQuery() throws Exception {
    users.add("0x2", 8);
    CountDownLatch go = new CountDownLatch(1);
    users.hold(go);
    CompletableFuture<OptionalInt> first = directory.userOf("0x1");
    Eventually.holds("the first is asked for", WAIT_SECONDS, () -> !queries().isEmpty());
    CompletableFuture<OptionalInt> second = directory.userOf("0x2");
    CompletableFuture<OptionalInt> third = directory.userOf("0x3");
    CompletableFuture<OptionalInt> secondAgain = directory.userOf("0x2");
    go.countDown();
    assertThat(first.get(WAIT_SECONDS, TimeUnit.SECONDS)).isEmpty();
    assertThat(second.get(WAIT_SECONDS, TimeUnit.SECONDS)).hasValue(8);
    assertThat(third.get(WAIT_SECONDS, TimeUnit.SECONDS)).isEmpty();
    assertThat(secondAgain.get(WAIT_SECONDS, TimeUnit.SECONDS)).hasValue(8);
    assertThat(queries()).containsExactly(List.of("0x1"), List.of("0x2", "0x3"));
  }

  @Test
  void whoIsKnownGetsInWhileTheDatabaseHangs() throws Exception {
    users.add("0x1", 7);
    assertThat(userOf("0x1")).hasValue(7);
    CountDownLatch go = new CountDownLatch(1);
    users.hold(go);
    pass(Duration.ofMinutes(3));
    assertThat(directory.userOf("0x1").get(WAIT_SECONDS, TimeUnit.SECONDS)).hasValue(7);
    go.countDown();
  }

  @Test
  void whoIsForgottenIsAskedForAgain() throws Exception {
    String gone = "0x" + "1".repeat(40);
    String stays = "0x" + "2".repeat(40);
    users.add(gone, 7);
    users.add(stays, 8);
    assertThat(userOf(gone)).hasValue(7);
    assertThat(userOf(stays)).hasValue(8);
    directory.forget(Set.of(WalletUser.of(7, gone)));
    assertThat(userOf(gone)).hasValue(7);
    assertThat(userOf(stays)).hasValue(8);
    assertThat(queries()).containsExactly(List.of(gone), List.of(stays), List.of(gone));
  }
}
