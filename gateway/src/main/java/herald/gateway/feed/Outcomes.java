package herald.gateway.feed;

import herald.gateway.metrics.EnumCounter;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.ops.IntervalLog;
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

  Outcomes(FeedMeters meters) {
    rpcLogs = meters.rpcLogs(Method.class, Outcome.class);
    events = meters.events(Method.class);
  }

  void pushed(Method method, int count) {
    count(method, Outcome.PUSHED);
    events.add(method, count);
  }

  void dropped(RpcLog log, Method method, Outcome outcome) {
    count(method, outcome);
    if (outcome != Outcome.NOT_FOR_ANYBODY) {
      drops.warn("rpc log " + log.shortSig() + " is pushed to nobody: " + outcome);
    }
  }

  void missing(String signature) {
    count(Method.UNKNOWN, Outcome.MISSING_ROW);
    drops.warn("there is no rpc log " + RpcLog.shortSig(signature) + " that was notified");
  }

  void badNotification() {
    count(Method.UNKNOWN, Outcome.BAD_NOTIFICATION);
    drops.warn("a notification on " + Listener.CHANNEL + " holds no signature");
  }

  private void count(Method method, Outcome outcome) {
    EnumCounter<Outcome> counter = rpcLogs.get(method);
    if (counter != null) {
      counter.increment(outcome);
    }
  }
}
