package herald.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.admission.WalletUser;
import herald.gateway.auth.AuthOutcome.Accepted;
import herald.gateway.auth.AuthOutcome.Reason;
import herald.gateway.auth.AuthOutcome.Refused;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.config.RevalidationSettings;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.protocol.RecoveredWallet;
import herald.protocol.RecoveryProvider;
import herald.protocol.SignedRequest;
import herald.protocol.WalletKey;
import herald.protocol.WalletRecoveries;
import herald.protocol.WalletRecovery;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gets in, and why somebody does not. */
class AuthenticatorTest {
  private static final int WAIT_SECONDS = 20;
  private static final WalletKey ALICE = WalletKey.fromHex("1".repeat(64));
  private static final WalletKey NOBODY = WalletKey.fromHex("2".repeat(64));

  private final Meters meters = new Meters(new SimpleMeterRegistry());
  private final Supervisor supervisor = new Supervisor(meters.supervision(), System::nanoTime);
  private final FakeUsers users = new FakeUsers();
  private final CountDownLatch go = new CountDownLatch(1);
  private final UserDirectory directory =
      new UserDirectory(
          users.database(), RevalidationSettings.defaults(), 30_000, supervisor, System::nanoTime);
  private final PublicKeyStore keys =
      new PublicKeyStore(users.database(), meters.handshakes(), 30_000, supervisor);
  private boolean holdsRecoveries;
  private @Nullable Authenticator started;

  /** The real one, which may be held. */
  private final class Recovery implements WalletRecovery {
    private final WalletRecovery real = WalletRecoveries.choose(RecoveryProvider.JAVA);

    @Override
    public @Nullable RecoveredWallet recover(byte[] message, byte[] signature) {
      if (holdsRecoveries) {
        try {
          go.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return real.recover(message, signature);
    }

    @Override
    public String name() {
      return real.name();
    }
  }

  private Authenticator start(HandshakeSettings.Builder settings) {
    Authenticator authenticator =
        new Authenticator(
            new Recovery(), settings.build(), directory, keys, meters.handshakes(), supervisor);
    started = authenticator;
    return authenticator;
  }

  @AfterEach
  void close() {
    go.countDown();
    if (started != null) {
      started.close();
    }
    directory.close();
    keys.close();
  }

  private static CompletionStage<AuthOutcome> request(
      Authenticator authenticator, WalletKey signer, int timestamp) throws Exception {
    SignedRequest request = SignedRequest.parse("/comms/chats/ws", "timestamp=" + timestamp);
    byte[] signature = signer.sign(request.canonical().getBytes(StandardCharsets.UTF_8));
    return authenticator.authenticate(request, signature);
  }

  private static AuthOutcome outcome(CompletionStage<AuthOutcome> stage) throws Exception {
    return stage.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void theUserOfAWalletIsAcceptedAndItsKeyIsStored() throws Exception {
    users.add(ALICE.wallet(), 7);
    Authenticator authenticator = start(HandshakeSettings.builder());
    assertThat(outcome(request(authenticator, ALICE, 1)))
        .isEqualTo(new Accepted(WalletUser.of(7, ALICE.wallet())));
    assertThat(outcome(request(authenticator, NOBODY, 1)))
        .isEqualTo(new Refused(Reason.UNKNOWN_WALLET));
    keys.close();
    assertThat(users.keyOwners()).containsExactly(7);
  }

  @Test
  void aSignatureOfNobodyIsRefusedWithoutAskingTheDatabase() throws Exception {
    Authenticator authenticator = start(HandshakeSettings.builder());
    assertThat(
            outcome(
                authenticator.authenticate(
                    SignedRequest.parse("/comms/chats/ws", "timestamp=1"), new byte[65])))
        .isEqualTo(new Refused(Reason.BAD_SIGNATURE));
    assertThat(users.queries()).isEmpty();
  }

  @Test
  void withoutTheDatabaseAnUnknownWalletIsToldToComeBack() throws Exception {
    users.setAway(true);
    Authenticator authenticator = start(HandshakeSettings.builder());
    assertThat(outcome(request(authenticator, ALICE, 1)))
        .isEqualTo(new Refused(Reason.UNAVAILABLE));
  }

  @Test
  void aSignedRequestMayBeUsedAgainUnlessToldOtherwise() throws Exception {
    users.add(ALICE.wallet(), 7);
    Authenticator authenticator = start(HandshakeSettings.builder());
    assertThat(outcome(request(authenticator, ALICE, 1)))
        .isEqualTo(new Accepted(WalletUser.of(7, ALICE.wallet())));
    assertThat(outcome(request(authenticator, ALICE, 1)))
        .isEqualTo(new Accepted(WalletUser.of(7, ALICE.wallet())));
  }

  @Test
  void aReusedRequestIsRefusedIfTold() throws Exception {
    users.add(ALICE.wallet(), 7);
    Authenticator authenticator = start(HandshakeSettings.builder().singleUse(10));
    assertThat(outcome(request(authenticator, ALICE, 1)))
        .isEqualTo(new Accepted(WalletUser.of(7, ALICE.wallet())));
    assertThat(outcome(request(authenticator, ALICE, 1))).isEqualTo(new Refused(Reason.REUSED));
    assertThat(outcome(request(authenticator, ALICE, 2)))
        .isEqualTo(new Accepted(WalletUser.of(7, ALICE.wallet())));
  }

  @Test
  void aRequestOfSomebodyUnknownIsNotUsedUp() throws Exception {
    Authenticator authenticator = start(HandshakeSettings.builder().singleUse(10));
    users.setAway(true);
    assertThat(outcome(request(authenticator, ALICE, 1)))
        .isEqualTo(new Refused(Reason.UNAVAILABLE));
    users.setAway(false);
    users.add(ALICE.wallet(), 7);
    assertThat(outcome(request(authenticator, ALICE, 1)))
        .isEqualTo(new Accepted(WalletUser.of(7, ALICE.wallet())));
  }

  @Test
  void oneMoreThanMayWaitIsRefusedAtOnce() throws Exception {
    holdsRecoveries = true;
    users.add(ALICE.wallet(), 7);
    Authenticator authenticator =
        start(HandshakeSettings.builder().recoveryThreads(1).maxWaitingRecoveries(1));
    CompletionStage<AuthOutcome> running = request(authenticator, ALICE, 1);
    CompletionStage<AuthOutcome> waiting = request(authenticator, ALICE, 2);
    CompletionStage<AuthOutcome> tooMany = request(authenticator, ALICE, 3);
    assertThat(tooMany.toCompletableFuture()).isCompletedWithValue(new Refused(Reason.OVERLOADED));
    go.countDown();
    assertThat(outcome(running)).isEqualTo(new Accepted(WalletUser.of(7, ALICE.wallet())));
    assertThat(outcome(waiting)).isEqualTo(new Accepted(WalletUser.of(7, ALICE.wallet())));
  }
}
