package herald.gateway.exchange;

import herald.gateway.fanout.ReplayRequest;
import herald.protocol.EncodedEvent;
import java.util.ArrayList;
import java.util.List;

/** What was notified, in the order of commits, and the rows that a database would have. */
final class ModelChannel {
  final List<Said> said = new ArrayList<>();

  /** How many replays were read from the database. */
  int replays;

  /** One notification. */
  sealed interface Said {
    /** A row that concerns a user. */
    record Row(String name, int userId, long atNanos) implements Said {}

    /** A probe of an instance. */
    record Probe(long instance, long number, long atNanos) implements Said {}

    /** A message of an instance. */
    record Message(String text) implements Said {}
  }

  /** What becomes of a message on its way. */
  interface Fault {
    /** How often it comes: 0 if it is lost. */
    int copies();
  }

  /** Messages that instances have sent. */
  int messages() {
    return (int) said.stream().filter(Said.Message.class::isInstance).count();
  }

  /** What a replay finds; transaction ids are places in the channel. */
  List<EncodedEvent> rowsSince(ReplayRequest request) {
    replays++;
    List<EncodedEvent> rows = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) {
      if (said.get(i) instanceof Said.Row row
          && row.userId() == request.userId()
          && (request.xmin() == 0
              ? row.atNanos() / 1_000 >= request.afterMicros()
              : i >= request.xmin())) {
        rows.add(ModelInstance.encoded(row.name()));
      }
    }
    return rows;
  }
}
