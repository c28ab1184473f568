package herald.gateway;

import herald.gateway.config.EventLogSettings;
import herald.gateway.events.EventLog;
import herald.gateway.events.Mailboxes;
import herald.gateway.events.ReplayOrigin;
import herald.gateway.metrics.MemoryMeters;
import herald.gateway.supervision.IsolatedFailures;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The event log and the mailboxes, with their figures declared. */
record EventMemory(EventLog log, Mailboxes mailboxes) {

  static EventMemory of(
      EventLogSettings settings,
      MemoryMeters meters,
      IsolatedFailures failures,
      LongSupplier nanoClock) {
    long horizonNanos = TimeUnit.MILLISECONDS.toNanos(settings.horizonMillis());
    long replayNanos = TimeUnit.MILLISECONDS.toNanos(settings.replayMillis());
    EventLog log = new EventLog(horizonNanos, settings.maxBytes().bytes());
    Mailboxes mailboxes =
        new Mailboxes(log, replayNanos, horizonNanos, settings.maxRemembered(), failures);
    meters.log(
        () -> log.spanNanos(nanoClock.getAsLong()) / 1e9,
        log::bytes,
        log::maxBytes,
        log::size,
        log::forcedOut);
    meters.mailboxes(mailboxes::size, mailboxes::users, mailboxes::openCursors);
    meters.remembered(mailboxes::remembered, mailboxes::rememberedForced);
    meters.replays(ReplayOrigin.class, mailboxes::replays);
    return new EventMemory(log, mailboxes);
  }
}
