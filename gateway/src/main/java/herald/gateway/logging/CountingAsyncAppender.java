package herald.gateway.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.concurrent.atomic.LongAdder;

/** Hands lines to the thread that writes them, and counts those for which there is no room. */
public final class CountingAsyncAppender extends AsyncAppender {
  private final LongAdder dropped = new LongAdder();

  @Override
  protected void append(ILoggingEvent line) {
    if (getRemainingCapacity() == 0) {
      dropped.increment();
    } else {
      super.append(line);
    }
  }

  long dropped() {
    return dropped.sum();
  }
}
