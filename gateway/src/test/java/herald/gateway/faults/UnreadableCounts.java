package herald.gateway.faults;

import herald.gateway.testing.RunningHerald;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many unreadable rows each reader of the table had counted at the beginning of a round. */
final class UnreadableCounts {
  private final Map<RunningHerald, Long> before = new HashMap<>();

  UnreadableCounts(List<RunningHerald> readers) throws IOException {
    for (RunningHerald reader : readers) {
      before.put(reader, count(reader));
    }
  }

  /** Whether each that has been there all the time has counted those of the round since then. */
  void compare(Findings findings, List<RunningHerald> readers, int unreadable) throws IOException {
    for (RunningHerald reader : readers) {
      Long atBegin = before.get(reader);
      if (atBegin != null) {
        long counted = count(reader) - atBegin;
        if (counted < unreadable || (counted > unreadable && !hasReadAgain(reader))) {
          findings.miscounted += (int) Math.abs(counted - unreadable);
          findings.example(
              Findings.Kind.MISCOUNTED,
              String.format(
                  "%s has counted %d of %d unreadable rows", reader, counted, unreadable));
        }
      }
    }
  }

  /**
   * A relay whose stream has lost messages reads the table again, and counts what it finds again.
   */
  private static boolean hasReadAgain(RunningHerald reader) throws IOException {
    return reader.metric("herald_relay_stream_rewound_total") > 0;
  }

  private static long count(RunningHerald reader) throws IOException {
    return (long) reader.metric("herald_rpc_logs_total", "outcome=\"unreadable\"");
  }
}
