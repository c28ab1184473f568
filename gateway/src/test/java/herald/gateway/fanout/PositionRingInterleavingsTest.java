package herald.gateway.fanout;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * A reader of a mailbox or of the broadcast index beside its writer, in every order of their steps:
 * it gets the position that stands at its index, or finds out that it has been forgotten.
 */
class PositionRingInterleavingsTest {

  /** One writer of a ring that is nearly full at first, and one reader. */
  public static final class WriterAndReader {
    private static final int FIRST = 3;

    private final EventLog.Writer log = new EventLog.Writer(0, Long.MAX_VALUE);
    private final PositionRing.Writer writer = new PositionRing.Writer(log, 0);
    private final PositionRing ring = writer.ring();
    private long now;
    private long read;

    /** Fills all slots but one. */
    public WriterAndReader() {
      for (int i = 0; i < FIRST; i++) {
        append();
      }
    }

    /** Appends an event. The one before it leaves the log, and makes room when there is none. */
    @Operation(nonParallelGroup = "writer")
    public void append() {
      Event event = EventsFixture.relayedAt(now);
      log.append(event, now++);
      writer.append(event.position());
    }

    /** Appends an event for which there is more room to be made, since the one before it stays. */
    @Operation(nonParallelGroup = "writer")
    public void appendAtTheSameTime() {
      Event event = EventsFixture.relayedAt(now);
      log.append(event, now);
      writer.append(event.position());
    }

    /** An event can't be indexed. */
    @Operation(nonParallelGroup = "writer")
    public void miss() {
      writer.missed(log.log().tail() + 1, now);
    }

    /** Lets go what has left the log. */
    @Operation(nonParallelGroup = "writer")
    public void forget() {
      writer.forgetReleased();
    }

    /** Reads the next position, as a cursor does; one that has lost its place stays lost. */
    @Operation(nonParallelGroup = "reader")
    public String read() {
      long position = ring.at(read);
      if (position == PositionRing.NONE) {
        return "none yet";
      } else if (position == PositionRing.FORGOTTEN) {
        return "forgotten";
      }
      read++;
      return "position " + position;
    }
  }

  @Test
  void aReaderGetsThePositionOfItsIndexOrNone() {
    new ModelCheckingOptions()
        .threads(2)
        .actorsBefore(2)
        .actorsPerThread(4)
        .actorsAfter(0)
        .iterations(20)
        .invocationsPerIteration(500)
        .check(WriterAndReader.class);
  }
}
