package herald.benchmarks.load;

import herald.protocol.EncodedEvent;
import java.nio.charset.StandardCharsets;

/** The text message of a blast as a gateway sends it, for servers that know no rpc logs. */
public final class BroadcastText {
  private BroadcastText() {}

  /** The same text, byte for byte as long, as the gateway makes of the same blast. */
  public static String of(Population people, long plannedNanos, int eventBytes) {
    RpcRow row = RpcRow.of(Mix.Kind.BLAST, 0, plannedNanos, people, eventBytes);
    EncodedEvent event = RpcRow.blastEvent(row.subjectId(), row.senderUserId(), row.text());
    return new String(event.head(), StandardCharsets.US_ASCII)
        + people.hashId(0)
        + new String(event.middle(), StandardCharsets.US_ASCII);
  }
}
