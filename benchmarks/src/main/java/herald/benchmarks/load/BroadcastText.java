package herald.benchmarks.load;

import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** The text message of a blast as a gateway sends it, for servers that know no rpc logs. */
public final class BroadcastText {
  private BroadcastText() {}

  /** The same text, byte for byte as long, as the gateway makes of the same blast. */
  public static String of(Population people, long plannedNanos, int eventBytes) {
    RpcRow row = RpcRow.of(Mix.Kind.BLAST, 0, plannedNanos, people, eventBytes);
    long micros = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()) + 1;
    EncodedEvent event = EventEncoder.rpc(row.rpc(), people.userId(people.artist()), micros);
    return new String(event.head(), StandardCharsets.US_ASCII)
        + people.hashId(0)
        + new String(event.middle(), StandardCharsets.US_ASCII);
  }
}
