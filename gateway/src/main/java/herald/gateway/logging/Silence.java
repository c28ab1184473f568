package herald.gateway.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.netty.util.concurrent.GlobalEventExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * While it lasts, nothing that the threads of a group log is written, whatever its level. Netty's
 * thread for everybody may be in the group of whoever needed it first, and is left out.
 */
public final class Silence implements AutoCloseable {
  private final ILoggerFactory loggers = LoggerFactory.getILoggerFactory();
  private final OfGroup filter;

  /** Begins. */
  public Silence(ThreadGroup threads) {
    filter = new OfGroup(threads);
    if (loggers instanceof LoggerContext context) {
      context.addTurboFilter(filter);
    }
  }

  /** Ends. */
  @Override
  public void close() {
    if (loggers instanceof LoggerContext context) {
      context.getTurboFilterList().remove(filter);
    }
  }

  private static final class OfGroup extends TurboFilter {
    private final ThreadGroup threads;

    /**
     * Initialized before the filter is there: its initializer logs, and a filter that finds the
     * class half initialized fails.
     */
    private final GlobalEventExecutor shared = GlobalEventExecutor.INSTANCE;

    OfGroup(ThreadGroup threads) {
      this.threads = threads;
    }

    @Override
    public FilterReply decide(
        @Nullable Marker marker,
        Logger logger,
        Level level,
        @Nullable String format,
        Object @Nullable [] parameters,
        @Nullable Throwable failure) {
      return Thread.currentThread().getThreadGroup() == threads && !shared.inEventLoop()
          ? FilterReply.DENY
          : FilterReply.NEUTRAL;
    }
  }
}
