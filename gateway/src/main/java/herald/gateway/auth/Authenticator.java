package herald.gateway.auth;

import herald.gateway.admission.WalletUser;
import herald.gateway.auth.AuthOutcome.Accepted;
import herald.gateway.auth.AuthOutcome.Reason;
import herald.gateway.auth.AuthOutcome.Refused;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.metrics.HandshakeMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.Supervisor;
import herald.protocol.RecoveredWallet;
import herald.protocol.SignedRequest;
import herald.protocol.WalletRecovery;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * From a signed request to a user. The signature is recovered on a bounded pool, the wallet looked
 * up in the directory, and the public key offered to the store.
 */
public final class Authenticator implements AutoCloseable {
  private static final long LOOKUP_TIMEOUT_MILLIS = 5_000;

  private final RecoveryPool recovery;
  private final UserDirectory directory;
  private final PublicKeyStore publicKeys;
  private final SingleUse singleUse;
  private final HandshakeMeters meters;
  private final IsolatedFailures failures;

  /** Starts the recovery threads. */
  public Authenticator(
      WalletRecovery recovery,
      HandshakeSettings settings,
      UserDirectory directory,
      PublicKeyStore publicKeys,
      HandshakeMeters meters,
      Supervisor supervisor) {
    failures = supervisor.failures();
    this.recovery =
        new RecoveryPool(
            recovery,
            settings.recoveryThreads(),
            settings.maxWaitingRecoveries(),
            meters::recovered,
            supervisor);
    this.directory = directory;
    this.publicKeys = publicKeys;
    singleUse =
        new SingleUse(settings.singleUse(), settings.signatureLifeMillis(), System::nanoTime);
    this.meters = meters;
    meters.singleUseForgotten(singleUse::forgotten);
    meters.recoveriesWaiting(this.recovery::waiting);
  }

  /**
   * Finds the user. Any thread, never waits; completes on another thread, never exceptionally.
   *
   * @param signature 65 bytes
   */
  public CompletionStage<AuthOutcome> authenticate(SignedRequest request, byte[] signature) {
    long beginNanos = System.nanoTime();
    CompletableFuture<@Nullable RecoveredWallet> recovering =
        recovery.recover(request.canonical().getBytes(StandardCharsets.UTF_8), signature);
    if (recovering == null) {
      return CompletableFuture.completedFuture(new Refused(Reason.OVERLOADED));
    }
    return recovering
        .handle(
            (wallet, failure) -> {
              meters.passed(HandshakeMeters.Stage.RECOVERY, System.nanoTime() - beginNanos);
              if (failure != null) {
                return refused(Reason.UNAVAILABLE);
              }
              return wallet == null ? refused(Reason.BAD_SIGNATURE) : userOf(request, wallet);
            })
        .thenCompose(outcome -> outcome)
        .exceptionally(
            failure -> {
              failures.isolated(Place.AUTHENTICATION, failure);
              return new Refused(Reason.UNAVAILABLE);
            });
  }

  private static CompletionStage<AuthOutcome> refused(Reason reason) {
    return CompletableFuture.completedFuture(new Refused(reason));
  }

  private CompletionStage<AuthOutcome> userOf(SignedRequest request, RecoveredWallet wallet) {
    long beginNanos = System.nanoTime();
    return directory
        .userOf(wallet.wallet())
        // A copy: this handshake's deadline must not end a look-up that others wait for too.
        .copy()
        .orTimeout(LOOKUP_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
        .handle(
            (user, failure) -> {
              meters.passed(HandshakeMeters.Stage.DIRECTORY, System.nanoTime() - beginNanos);
              return outcome(request, wallet, user, failure);
            });
  }

  private AuthOutcome outcome(
      SignedRequest request,
      RecoveredWallet wallet,
      @Nullable OptionalInt user,
      @Nullable Throwable failure) {
    if (failure != null || user == null) {
      return new Refused(Reason.UNAVAILABLE);
    }
    if (user.isEmpty()) {
      return new Refused(Reason.UNKNOWN_WALLET);
    }
    if (!singleUse.use(request.canonical(), wallet.wallet())) {
      return new Refused(Reason.REUSED);
    }
    publicKeys.offer(user.getAsInt(), wallet.publicKey());
    return new Accepted(WalletUser.of(user.getAsInt(), wallet.wallet()));
  }

  @Override
  public void close() {
    recovery.close();
  }
}
