package herald.gateway.testing;

import java.io.IOException;

/** A process of Herald that reads events, and what its pages for operators say. Any thread. */
public interface RunningHerald {
  /** The sum of a metric over all its labels. */
  double metric(String name) throws IOException;

  /** The sum of a metric over its series with this label, written as {@code name="value"}. */
  double metric(String name, String label) throws IOException;

  /** Whether it says that it is ready. */
  boolean isReady();

  /** What it has written to its standard output. */
  String output();

  /** Whether a buffer was leaked, as far as the output says. */
  boolean hasLeaked();
}
