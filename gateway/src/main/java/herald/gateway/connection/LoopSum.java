package herald.gateway.connection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A sum that one event loop adds to and any thread reads. Adding is a plain addition: there is one
 * writer, and a reader may see it a moment late.
 */
final class LoopSum {
  private static final VarHandle SUM;

  static {
    try {
      SUM = MethodHandles.lookup().findVarHandle(LoopSum.class, "sum", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private long sum;

  /** The one event loop. */
  void add(long amount) {
    SUM.setOpaque(this, sum + amount);
  }

  long get() {
    return (long) SUM.getOpaque(this);
  }
}
