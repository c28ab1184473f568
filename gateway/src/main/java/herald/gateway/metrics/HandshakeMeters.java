package herald.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** From accept to the 101: outcomes, times, and the public keys that come with it. */
public final class HandshakeMeters {
  private static final String OUTCOMES = "herald.handshakes";
  private static final String OUTCOMES_HELP = "Handshakes that ended, by outcome.";

  /** The stages of a handshake that succeeds, in their order. */
  public enum Stage {
    /** From accept to the whole request. */
    REQUEST,
    /** Until the wallet is recovered, with the wait for a thread. */
    RECOVERY,
    /** Until the wallet's user is found. */
    DIRECTORY,
    /** Until the 101 is written. */
    UPGRADE
  }

  private final MeterFactory factory;
  private final Counter upgraded;
  private final Counter abandoned;
  private final Map<Stage, Timer> stages = new EnumMap<>(Stage.class);
  private final Timer whole;
  private final Timer recovery;
  private final Counter publicKeysStored;
  private final Counter publicKeyErrors;
  private final Counter revalidated;
  private final Counter revalidationErrors;

  HandshakeMeters(MeterFactory factory) {
    this.factory = factory;
    upgraded = outcome(factory, "upgraded");
    abandoned = outcome(factory, "abandoned");
    for (Stage stage : Stage.values()) {
      stages.put(
          stage,
          factory.timer(
              "herald.handshake.stage",
              "Where the time of a handshake goes: request is accept to the whole request, recovery"
                  + " until the wallet is known, directory until its user is, upgrade until the 101"
                  + " is written.",
              Tags.of("stage", MeterFactory.label(stage))));
    }
    whole = factory.timer("herald.handshake.time", "From accept to the 101.");
    recovery =
        factory.timer(
            "herald.recovery.time",
            "Recovering one wallet from its signature, without the wait for a thread.");
    publicKeysStored = factory.counter("herald.public.keys.stored", "Public keys inserted.");
    publicKeyErrors =
        factory.counter(
            "herald.public.keys.errors", "Batches of public keys that could not be stored.");
    revalidated =
        factory.counter("herald.revalidated", "Connected users that were looked at again.");
    revalidationErrors =
        factory.counter(
            "herald.revalidation.errors", "Batches of users that could not be looked at again.");
  }

  private static Counter outcome(MeterFactory factory, String outcome) {
    return factory.counter(OUTCOMES, OUTCOMES_HELP, Tags.of("outcome", outcome));
  }

  /** Why handshakes were refused; they stand beside those that were upgraded or abandoned. */
  public <E extends Enum<E>> EnumCounter<E> refused(Class<E> reasons) {
    return factory.counters(OUTCOMES, OUTCOMES_HELP, Tags.empty(), "outcome", reasons);
  }

  /** Declares the gauge of signatures that wait for recovery. */
  public void recoveriesWaiting(DoubleSupplier waiting) {
    factory.gauge("herald.recovery.waiting", "Signatures that wait to be recovered.", waiting);
  }

  /** Declares the counter of signed requests that single use had to forget. */
  public void singleUseForgotten(DoubleSupplier forgotten) {
    factory.counter(
        "herald.single.use.forgotten",
        "Signed requests that were forgotten before their time and may be used again.",
        Tags.empty(),
        forgotten);
  }

  /** Counts a handshake that succeeded. */
  public void upgraded(long sinceAcceptNanos) {
    upgraded.increment();
    whole.record(sinceAcceptNanos, TimeUnit.NANOSECONDS);
  }

  /** Counts a socket that its client closed before there was an answer. */
  public void abandoned() {
    abandoned.increment();
  }

  /** Records the time of one stage. */
  public void passed(Stage stage, long nanos) {
    Timer timer = stages.get(stage);
    if (timer != null) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Records one wallet recovery. */
  public void recovered(long nanos) {
    recovery.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Counts inserted public keys. */
  public void publicKeysStored(int keys) {
    publicKeysStored.increment(keys);
  }

  /** Counts a batch of public keys that could not be stored. */
  public void publicKeyError() {
    publicKeyErrors.increment();
  }

  /** Counts connected users that were looked at again. */
  public void revalidated(int users) {
    revalidated.increment(users);
  }

  /** Counts a batch of users that could not be looked at again. */
  public void revalidationError() {
    revalidationErrors.increment();
  }
}
