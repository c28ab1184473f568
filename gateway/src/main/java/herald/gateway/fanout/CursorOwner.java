package herald.gateway.fanout;

/** The connection behind a cursor. Everything on its event loop. */
@FunctionalInterface
public interface CursorOwner {

  /** There may be something to read; the first time, the cursor has just started. */
  void onWake(long nowNanos);

  /** Something has been thrown that concerns this connection alone: it is to end. */
  default void onFailure() {}

  /**
   * Reads a little of all that {@link #onWake} will read, without doing anything. What lies far
   * apart in memory is waited for one after the other when connections are served one after the
   * other; when several are prefetched before, the processor waits for all of them at once.
   *
   * @return anything: so that the reading can't be left out
   */
  default int prefetch() {
    return 0;
  }
}
