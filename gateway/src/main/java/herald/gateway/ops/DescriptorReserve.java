package herald.gateway.ops;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;

/**
 * File descriptors that are held in order to be given up: when clients have taken all others, an
 * operator's request needs one. Admin thread.
 */
final class DescriptorReserve implements Closeable {
  private final int size;
  private final Callable<? extends Closeable> opener;
  private final Deque<Closeable> held = new ArrayDeque<>();

  /**
   * Holds nothing yet.
   *
   * @param size how many are held when there are enough
   * @param opener opens something that takes one descriptor
   */
  DescriptorReserve(int size, Callable<? extends Closeable> opener) {
    this.size = size;
    this.opener = opener;
  }

  /** Takes what is missing, as far as there are descriptors. */
  void fill() {
    while (held.size() < size) {
      try {
        held.push(opener.call());
      } catch (Exception e) {
        // There is none left, so what is missing is taken later.
        return;
      }
    }
  }

  /** Frees one descriptor, if one is held. */
  boolean giveUp() {
    Closeable one = held.poll();
    if (one == null) {
      return false;
    }
    try {
      one.close();
    } catch (IOException e) {
      // It has never been connected to anything, so nothing can fail that matters.
    }
    return true;
  }

  /** How many are held. */
  int held() {
    return held.size();
  }

  @Override
  public void close() {
    while (giveUp()) {
      // All of them, one by one.
    }
  }
}
