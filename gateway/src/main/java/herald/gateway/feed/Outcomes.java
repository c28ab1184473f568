package herald.gateway.feed;

import herald.gateway.logging.Field;
import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.EnumCounter;
import herald.gateway.metrics.FeedMeters;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What became of each rpc log: counted, and logged once per interval if nobody gets it though
 * somebody should. Fetch thread.
 */
final class Outcomes {
  private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

  private final Map<Method, EnumCounter<Outcome>> rpcLogs;
  private final EnumCounter<Method> events;
  private final IntervalLog drops = new IntervalLog(LOG);
  private final IntervalLog unreadable = new IntervalLog(LOG);
  private final IntervalLog unannounced = new IntervalLog(LOG);
  private final FeedMeters meters;

  Outcomes(FeedMeters meters) {
    this.meters = meters;
    rpcLogs = meters.rpcLogs(Method.class, Outcome.class);
    events = meters.events(Method.class);
  }

  void pushed(RpcLog log, Method method, int count) {
    count(method, Outcome.PUSHED);
    events.add(method, count);
    decided(log, method, Outcome.PUSHED, count);
  }

  void dropped(RpcLog log, Method method, Outcome outcome) {
    count(method, outcome);
    decided(log, method, outcome, 0);
    if (outcome != Outcome.NOT_FOR_ANYBODY && outcome != Outcome.NOT_STORED) {
      drops.warn(
          "rpc log {} is pushed to nobody: {}",
          sig(log.sig()),
          new Field("outcome", label(outcome), outcome.toString()));
    }
  }

  void missing(String signature) {
    count(Method.UNKNOWN, Outcome.MISSING_ROW);
    drops.warn("there is no rpc log {} that was notified", sig(signature));
  }

  /** A row that is passed so that what comes behind it can go on. */
  void unreadable(String signature, Method method, Throwable failure) {
    count(method, Outcome.UNREADABLE);
    unreadable.warn(
        "rpc log {} can't be read and is passed; nobody gets it: {}",
        sig(signature),
        Field.of("error", DatabaseRetry.describe(failure)));
  }

  /** A row that a sweep has found and no notification has told of. */
  void unannounced(String signature) {
    meters.unannounced();
    unannounced.warn(
        "rpc log {} was committed without a notification and is pushed late"
            + " (expected: an enabled trigger; 'herald check' looks at it)",
        sig(signature));
  }

  void badNotification() {
    count(Method.UNKNOWN, Outcome.BAD_NOTIFICATION);
    drops.warn("a notification on " + HeardNotifications.RPC_LOG_CHANNEL + " holds no signature");
  }

  /** For an operator who looks for one row: at debug, each has its line. */
  private static void decided(RpcLog log, Method method, Outcome outcome, int count) {
    if (LOG.isDebugEnabled()) {
      LOG.atDebug()
          .addKeyValue("sig", log.shortSig())
          .addKeyValue("method", label(method))
          .addKeyValue("outcome", label(outcome))
          .addKeyValue("events", count)
          .log("rpc log decided");
    }
  }

  private static Field sig(String signature) {
    return Field.of("sig", RpcLog.shortSig(signature));
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private void count(Method method, Outcome outcome) {
    EnumCounter<Outcome> counter = rpcLogs.get(method);
    if (counter != null) {
      counter.increment(outcome);
    }
  }
}
