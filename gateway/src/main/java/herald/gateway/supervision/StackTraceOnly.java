package herald.gateway.supervision;

import org.jspecify.annotations.Nullable;

/**
 * What may be logged of an exception: the names of its classes and where it arose. Messages are
 * left out, because they may quote what a client has sent.
 */
final class StackTraceOnly extends Exception {
  private static final long serialVersionUID = 1;
  private static final int MAX_CAUSES = 5;

  private StackTraceOnly(String className, @Nullable Throwable cause, StackTraceElement[] trace) {
    super(className, cause, false, true);
    setStackTrace(trace);
  }

  static StackTraceOnly of(Throwable failure) {
    return of(failure, MAX_CAUSES);
  }

  private static StackTraceOnly of(Throwable failure, int causesLeft) {
    Throwable cause = failure.getCause();
    return new StackTraceOnly(
        failure.getClass().getName(),
        cause == null || causesLeft == 0 ? null : of(cause, causesLeft - 1),
        failure.getStackTrace());
  }

  /** Where a thread is at the moment. */
  static StackTraceOnly at(Thread thread) {
    return new StackTraceOnly(thread.getName(), null, thread.getStackTrace());
  }
}
