package herald.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.admission.WalletUser;
import herald.gateway.auth.AuthOutcome.Reason;
import herald.gateway.auth.AuthOutcome.Refused;
import herald.gateway.auth.UserDirectory.UnavailableException;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.config.RevalidationSettings;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.BrittleDatabase;
import herald.gateway.testing.BrittleRegistry;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.MalformedRequestException;
import herald.protocol.RecoveredWallet;
import herald.protocol.SignedRequest;
import herald.protocol.WalletRecovery;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The threads of the authentication, with a database and a recovery that break in every way. */
class AuthThreadsTest {
  private static final long QUERY_MILLIS = 30_000;
  private static final int WAIT_SECONDS = 20;

  private final AtomicLong aheadNanos = new AtomicLong();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Meters meters = new Meters(registry);
  private final Supervisor supervisor =
      new Supervisor(meters.supervision(), () -> System.nanoTime() + aheadNanos.get());
  private final BrittleDatabase database = new BrittleDatabase();

  @AfterEach
  void release() {
    database.release();
  }

  static List<Throwable> failures() {
    return List.of(new IllegalStateException(), new OutOfMemoryError(), new NoClassDefFoundError());
  }

  private long failures(Place place) {
    return supervisor.failures().count(place);
  }

  private void assertThatItHasEnded(String thread) throws InterruptedException {
    Eventually.holds("the end is noticed", WAIT_SECONDS, () -> supervisor.problem() != null);
    assertThat(supervisor.problem()).isEqualTo("the thread " + thread + " has ended");
    assertThat(registry.get("herald.thread.alive").tag("thread", thread).gauge().value()).isZero();
  }

  /** The database holds the thread, and the clock goes on. */
  private void assertThatItIsSeenToStandStill(String thread, int seconds) throws Exception {
    database.failWith(null);
    Eventually.holds("it asks", WAIT_SECONDS, () -> database.held() > 0);
    aheadNanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    assertThat(supervisor.problem())
        .matches("the thread " + thread + " has not moved for " + seconds / 10 + "\\d s");
    assertThat(registry.get("herald.thread.turn.seconds").tag("thread", thread).gauge().value())
        .isGreaterThan(seconds - 1);
    database.failWith(new SQLException());
    database.release();
    Eventually.holds("it moves again", WAIT_SECONDS, () -> supervisor.problem() == null);
  }

  // ---- The directory ----

  private static void assertThatItHasAnAnswer(CompletableFuture<OptionalInt> answer) {
    assertThatThrownBy(() -> answer.get(WAIT_SECONDS, TimeUnit.SECONDS))
        .satisfiesAnyOf(
            e -> assertThat(e).isInstanceOf(UnavailableException.class),
            e -> assertThat(e).hasCauseInstanceOf(UnavailableException.class));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aLookUpThatFailsIsAnsweredAndTheNextOneIsMade(Throwable failure) throws Exception {
    database.failWith(failure);
    try (UserDirectory directory =
        new UserDirectory(database, RevalidationSettings.defaults(), QUERY_MILLIS, supervisor)) {
      assertThatItHasAnAnswer(directory.userOf("0x1"));
      assertThatItHasAnAnswer(directory.userOf("0x1"));
      assertThatItHasAnAnswer(directory.userOf("0x2"));
      Eventually.holds("each is counted", WAIT_SECONDS, () -> failures(Place.DIRECTORY) == 3);
      assertThat(supervisor.problem()).isNull();
    }
  }

  @Test
  void whenTheDirectoryHasEndedEachLookUpIsRefusedAtOnce() throws Exception {
    database.failWith(new ThreadDeath());
    try (UserDirectory directory =
        new UserDirectory(database, RevalidationSettings.defaults(), QUERY_MILLIS, supervisor)) {
      assertThatItHasAnAnswer(directory.userOf("0x1"));
      assertThatItHasEnded("herald-directory");
      assertThatItHasAnAnswer(directory.userOf("0x1"));
      assertThatItHasAnAnswer(directory.userOf("0x2"));
    }
  }

  @Test
  void aDirectoryThatStandsStillIsSeen() throws Exception {
    try (UserDirectory directory =
        new UserDirectory(database, RevalidationSettings.defaults(), QUERY_MILLIS, supervisor)) {
      assertThatItHasAnAnswer(directory.userOf("0x1"));
      aheadNanos.set(TimeUnit.HOURS.toNanos(1));
      Eventually.holds("idle is no standstill", WAIT_SECONDS, () -> supervisor.problem() == null);
      database.failWith(null);
      CompletableFuture<OptionalInt> held = directory.userOf("0x3");
      assertThatItIsSeenToStandStill("herald-directory", 42);
      assertThatItHasAnAnswer(held);
    }
    assertThat(supervisor.problem()).as("its end is meant").isNull();
  }

  // ---- The public keys ----

  @ParameterizedTest
  @MethodSource("failures")
  void keysThatCanNotBeStoredAreTriedAgain(Throwable failure) throws Exception {
    database.failWith(failure);
    try (PublicKeyStore keys =
        new PublicKeyStore(database, meters.handshakes(), QUERY_MILLIS, supervisor)) {
      keys.offer(1, new byte[65]);
      Eventually.holds("they are tried again", WAIT_SECONDS, () -> database.asked() >= 2);
      assertThat(failures(Place.PUBLIC_KEYS)).isPositive();
      assertThat(supervisor.problem()).isNull();
    }
  }

  @Test
  void theEndOfThePublicKeysIsSeen() throws Exception {
    database.failWith(new ThreadDeath());
    try (PublicKeyStore keys =
        new PublicKeyStore(database, meters.handshakes(), QUERY_MILLIS, supervisor)) {
      keys.offer(1, new byte[65]);
      assertThatItHasEnded("herald-public-keys");
    }
  }

  @Test
  void publicKeysThatStandStillAreSeen() throws Exception {
    try (PublicKeyStore keys =
        new PublicKeyStore(database, meters.handshakes(), QUERY_MILLIS, supervisor)) {
      keys.offer(1, new byte[65]);
      assertThatItIsSeenToStandStill("herald-public-keys", 72);
    }
    assertThat(supervisor.problem()).as("its end is meant").isNull();
  }

  // ---- The revalidation ----

  private Revalidation revalidation(UserDirectory directory) {
    Revalidation revalidation =
        new Revalidation(
            database,
            directory,
            () ->
                Set.of(
                    WalletUser.of(1, "0x" + "1".repeat(40)),
                    WalletUser.of(2, "0x" + "2".repeat(40))),
            users -> {},
            new RevalidationSettings(Duration.ofMillis(50), 1),
            meters.handshakes(),
            QUERY_MILLIS,
            supervisor);
    revalidation.start();
    return revalidation;
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aBatchThatCanNotBeLookedAtCostsNeitherTheNextNorTheRounds(Throwable failure)
      throws Exception {
    database.failWith(failure);
    try (UserDirectory directory =
            new UserDirectory(database, RevalidationSettings.defaults(), QUERY_MILLIS, supervisor);
        Revalidation revalidation = revalidation(directory)) {
      assertThat(revalidation).isNotNull();
      Eventually.holds(
          "there are further rounds", WAIT_SECONDS, () -> failures(Place.REVALIDATION) >= 6);
      assertThat(registry.get("herald.revalidation.errors").counter().count())
          .as("each batch is one")
          .isGreaterThanOrEqualTo(5);
      assertThat(supervisor.problem()).isNull();
    }
  }

  @Test
  void theEndOfTheRevalidationIsSeen() throws Exception {
    database.failWith(new ThreadDeath());
    try (UserDirectory directory =
            new UserDirectory(database, RevalidationSettings.defaults(), QUERY_MILLIS, supervisor);
        Revalidation revalidation = revalidation(directory)) {
      assertThat(revalidation).isNotNull();
      assertThatItHasEnded("herald-revalidation");
    }
  }

  @Test
  void aRevalidationThatStandsStillIsSeen() throws Exception {
    try (UserDirectory directory =
            new UserDirectory(database, RevalidationSettings.defaults(), QUERY_MILLIS, supervisor);
        Revalidation revalidation = revalidation(directory)) {
      assertThat(revalidation).isNotNull();
      assertThatItIsSeenToStandStill("herald-revalidation", 42);
    }
    assertThat(supervisor.problem()).as("its end is meant").isNull();
  }

  // ---- The recovery ----

  private static WalletRecovery recovery(Runnable before) {
    return new WalletRecovery() {
      @Override
      public @Nullable RecoveredWallet recover(byte[] message, byte[] signature) {
        before.run();
        return null;
      }

      @Override
      public String name() {
        return "brittle";
      }
    };
  }

  private static Runnable thrower(Throwable failure) {
    return () -> {
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
      throw (Error) failure;
    };
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aRecoveryThatFailsIsAnsweredAndTheNextOneRuns(Throwable failure) {
    WalletRecovery brittle = recovery(thrower(failure));
    try (RecoveryPool pool = new RecoveryPool(brittle, 1, 10, nanos -> {}, supervisor)) {
      for (int i = 0; i < 3; i++) {
        CompletableFuture<@Nullable RecoveredWallet> answer = recover(pool);
        assertThatThrownBy(() -> answer.get(WAIT_SECONDS, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .hasCause(failure);
      }
    }
    assertThat(failures(Place.RECOVERY)).isEqualTo(3);
  }

  private static CompletableFuture<@Nullable RecoveredWallet> recover(RecoveryPool pool) {
    CompletableFuture<@Nullable RecoveredWallet> answer = pool.recover(new byte[1], new byte[65]);
    return answer == null ? new CompletableFuture<>() : answer;
  }

  @Test
  void aThreadOfThePoolThatEndsIsReplaced() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    WalletRecovery deadly =
        recovery(
            () -> {
              if (calls.incrementAndGet() <= 2) {
                throw new ThreadDeath();
              }
            });
    try (RecoveryPool pool = new RecoveryPool(deadly, 1, 10, nanos -> {}, supervisor)) {
      CompletableFuture<@Nullable RecoveredWallet> first = recover(pool);
      assertThatThrownBy(() -> first.get(WAIT_SECONDS, TimeUnit.SECONDS)).isNotNull();
      CompletableFuture<@Nullable RecoveredWallet> second = recover(pool);
      assertThatThrownBy(() -> second.get(WAIT_SECONDS, TimeUnit.SECONDS)).isNotNull();
      assertThat(recover(pool).get(WAIT_SECONDS, TimeUnit.SECONDS)).isNull();
    }
  }

  @Test
  void aRecoveryThatStandsStillIsSeen() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    WalletRecovery slow =
        recovery(
            () -> {
              began.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try (RecoveryPool pool = new RecoveryPool(slow, 1, 10, nanos -> {}, supervisor)) {
      CompletableFuture<@Nullable RecoveredWallet> held = recover(pool);
      CompletableFuture<@Nullable RecoveredWallet> waiting = recover(pool);
      assertThat(began.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      aheadNanos.set(TimeUnit.SECONDS.toNanos(42));
      assertThat(supervisor.problem())
          .matches("a task of herald-recovery has been running for 4\\d s");
      go.countDown();
      assertThat(held.get(WAIT_SECONDS, TimeUnit.SECONDS)).isNull();
      assertThat(waiting.get(WAIT_SECONDS, TimeUnit.SECONDS)).isNull();
      Eventually.holds("it moves again", WAIT_SECONDS, () -> supervisor.problem() == null);
    }
  }

  // ---- The authenticator ----

  private static SignedRequest request() throws MalformedRequestException {
    return SignedRequest.parse("/comms/chats/ws", "timestamp=1");
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whateverFailsTheAuthenticatorHasAnOutcome(Throwable failure) throws Exception {
    try (UserDirectory directory =
            new UserDirectory(database, RevalidationSettings.defaults(), QUERY_MILLIS, supervisor);
        PublicKeyStore keys =
            new PublicKeyStore(database, meters.handshakes(), QUERY_MILLIS, supervisor);
        Authenticator authenticator =
            new Authenticator(
                recovery(thrower(failure)),
                HandshakeSettings.defaults(),
                directory,
                keys,
                meters.handshakes(),
                supervisor)) {
      assertThat(
              authenticator
                  .authenticate(request(), new byte[65])
                  .toCompletableFuture()
                  .get(WAIT_SECONDS, TimeUnit.SECONDS))
          .isEqualTo(new Refused(Reason.UNAVAILABLE));
      assertThat(failures(Place.RECOVERY)).isEqualTo(1);
      assertThat(failures(Place.AUTHENTICATION)).as("counted where it arose").isZero();
    }
  }

  @Test
  void whateverFailsBehindTheRecoveryTheAuthenticatorHasAnOutcome() throws Exception {
    Meters brittle = new Meters(new BrittleRegistry());
    try (UserDirectory directory =
            new UserDirectory(database, RevalidationSettings.defaults(), QUERY_MILLIS, supervisor);
        PublicKeyStore keys =
            new PublicKeyStore(database, meters.handshakes(), QUERY_MILLIS, supervisor);
        Authenticator authenticator =
            new Authenticator(
                recovery(() -> {}),
                HandshakeSettings.defaults(),
                directory,
                keys,
                brittle.handshakes(),
                supervisor)) {
      assertThat(
              authenticator
                  .authenticate(request(), new byte[65])
                  .toCompletableFuture()
                  .get(WAIT_SECONDS, TimeUnit.SECONDS))
          .isEqualTo(new Refused(Reason.UNAVAILABLE));
      assertThat(failures(Place.AUTHENTICATION)).isEqualTo(1);
    }
  }
}
