package herald.benchmarks.feeds;

import herald.benchmarks.compare.Spread;
import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.Relay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** Starts an instance, again and again, that finds a stream with a long past. One thread. */
public final class CatchUpTrial {
  private static final int EVENTS_PER_SECOND = 1_000;
  private static final String OPENED = "the stream is read";
  private static final String AT_THE_END = "the past of the stream has been read";
  private static final long RELAY_SECONDS = 120;
  private static final long POLL_MILLIS = 20;

  private final FeedServers servers;
  private final int events;
  private final int rounds;
  private final Consumer<String> progress;
  private final List<Start> starts = new ArrayList<>();
  private long missing;

  /** Seconds from the launch of one instance. */
  private record Start(double opened, double atTheEnd, double ready) {}

  /**
   * @param servers that are not started yet, and are ended by the caller
   * @param events of the past, which is as many thousandths of a second long
   * @param progress told a line now and then
   */
  public CatchUpTrial(FeedServers servers, int events, int rounds, Consumer<String> progress) {
    this.servers = servers;
    this.events = events;
    this.rounds = rounds;
    this.progress = progress;
  }

  /** Fills the stream, then measures. */
  public void run() throws IOException, InterruptedException {
    servers.startStream(FeedKind.RELAYS, 1);
    long beganNanos = System.nanoTime();
    long last = StreamFilling.fill(servers.feed(), events, EVENTS_PER_SECOND);
    progress.accept(
        String.format(
            Locale.ROOT,
            "the stream has %d events, written within %.1f s",
            events,
            (System.nanoTime() - beganNanos) / 1e9));
    awaitRelay(last);
    for (int round = 1; round <= rounds; round++) {
      Start start = start();
      starts.add(start);
      progress.accept(
          String.format(
              Locale.ROOT,
              "start %d: reads the stream after %.2f s, has its past after %.2f s, is ready after"
                  + " %.2f s",
              round,
              start.opened(),
              start.atTheEnd(),
              start.ready()));
    }
  }

  /** The relay reads what it has not written, and marks the end only then. */
  private void awaitRelay(long last) throws IOException, InterruptedException {
    Relay relay = servers.relay();
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(RELAY_SECONDS);
    while (relay.streamEnd() <= last) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new IOException("the relay has not marked the stream's end in time");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private Start start() throws IOException, InterruptedException {
    Map<String, Long> saidAtNanos = new ConcurrentHashMap<>();
    long launchedNanos = System.nanoTime();
    try (Gateway gateway =
        servers.launchGateway(
            line -> {
              for (String sentence : List.of(OPENED, AT_THE_END)) {
                if (line.contains(sentence)) {
                  saidAtNanos.putIfAbsent(sentence, System.nanoTime());
                }
              }
            })) {
      double ready = gateway.awaitReady() / 1e9;
      missing += Math.max(0, events - (long) gateway.scrape().sum("herald_stream_events_total"));
      return new Start(
          seconds(saidAtNanos, OPENED, launchedNanos),
          seconds(saidAtNanos, AT_THE_END, launchedNanos),
          ready);
    }
  }

  private static double seconds(Map<String, Long> saidAtNanos, String sentence, long sinceNanos)
      throws IOException {
    Long nanos = saidAtNanos.get(sentence);
    if (nanos == null) {
      throw new IOException("the gateway has not said: " + sentence);
    }
    return (nanos - sinceNanos) / 1e9;
  }

  /** Whether an instance has not read all of the past. */
  public boolean isAnyIncomplete() {
    return missing > 0;
  }

  /** One row: medians of the starts, with the least and the most. */
  public List<Map<String, Object>> rows() {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("events", events);
    row.put("lost", missing);
    row.put("s to the stream", text(Start::opened));
    row.put("s to the end of the past", text(Start::atTheEnd));
    row.put("s to ready", text(Start::ready));
    row.put("events/s while reading", text(start -> events / (start.atTheEnd() - start.opened())));
    return List.of(row);
  }

  private String text(ToDoubleFunction<Start> figure) {
    return Spread.of(starts.stream().mapToDouble(figure).boxed().toList()).text();
  }
}
