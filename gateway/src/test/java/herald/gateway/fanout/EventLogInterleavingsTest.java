package herald.gateway.fanout;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * A reader of the event log beside its writer, in every order of their steps: it gets the event of
 * its position, or finds out that it has left. The ring begins with two slots, so that they are
 * soon used again.
 */
class EventLogInterleavingsTest {

  /** One writer, which keeps the newest event alone, and one reader. */
  public static final class WriterAndReader {
    private final EventLog.Writer writer = new EventLog.Writer(0, Long.MAX_VALUE, 0, 2);
    private final EventLog log = writer.log();
    private long written;
    private long read;

    /** One event is there to be read. */
    public WriterAndReader() {
      append();
      index();
    }

    /** Puts an event into the log, so that the one before it leaves. */
    @Operation(nonParallelGroup = "writer")
    public void append() {
      writer.append(EventsFixture.relayedAt(written), written);
      written++;
    }

    /** Lets readers go up to the newest event. */
    @Operation(nonParallelGroup = "writer")
    public void index() {
      writer.allIndexed();
    }

    /** Reads the event of the next position. */
    @Operation(nonParallelGroup = "reader")
    public String read() {
      if (read >= log.indexedUntil()) {
        return "none yet";
      }
      Event event = log.get(read++);
      return event == null ? "left" : "event " + event.relayedAtMicros();
    }
  }

  @Test
  void aReaderGetsTheEventOfItsPositionOrNone() {
    new ModelCheckingOptions()
        .threads(2)
        .actorsBefore(1)
        .actorsPerThread(4)
        .actorsAfter(0)
        .iterations(15)
        .invocationsPerIteration(500)
        .check(WriterAndReader.class);
  }
}
