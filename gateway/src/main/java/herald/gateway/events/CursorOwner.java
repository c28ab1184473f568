package herald.gateway.events;

/** The connection behind a cursor. Everything on its event loop. */
@FunctionalInterface
public interface CursorOwner {

  /** There may be something to read; the first time, the cursor has just got its place. */
  void wake(long nowNanos);

  /** Something has been thrown that concerns this connection alone: it is to end. */
  default void onFailure() {}

  /**
   * Reads a little of all that {@link #wake} will read, without doing anything. What lies far apart
   * in memory is waited for one after the other when connections are served one after the other;
   * when several are approached first, the processor waits for all of them at once.
   *
   * @return anything: so that the reading can't be left out
   */
  default int approach() {
    return 0;
  }
}
