package herald.benchmarks.load;

/** The text message of a blast as a gateway sends it, for servers that know no rpc logs. */
public final class BroadcastText {
  private BroadcastText() {}

  /** The same text, byte for byte as long, as the gateway makes of the same blast. */
  public static String of(Population people, long plannedNanos, int eventBytes) {
    return RpcRow.of(Mix.Kind.BLAST, 0, plannedNanos, people, eventBytes)
        .eventText(people.hashId(0));
  }
}
