package herald.gateway.supervision;

import org.jspecify.annotations.Nullable;

/** What a {@link Supervisor} looks at: a thread, or a pool of threads. Any thread. */
interface Watched {
  /** Whether it has ended, though nobody wanted it to. */
  boolean hasDied();

  /** How long it has been at what it does now; 0 while it has nothing to do. */
  long busyNanos(long nowNanos);

  /** What is wrong, in one sentence; null if nothing is. */
  @Nullable String problem(long nowNanos);
}
