package herald.benchmarks.feeds;

import herald.benchmarks.compare.Spread;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Measures feeds one after the other, again and again, every other round in reverse order, with
 * ever more instances. All of them run throughout; only one has anything to do.
 */
public final class FeedTrial {
  /** Pings that the load has left to be sent have gone by then. */
  private static final int SETTLE_SECONDS = 2;

  private final Settings settings;
  private final List<FedInstances> feeds;
  private final Consumer<String> progress;
  private final Map<Cell, List<Round>> measured = new LinkedHashMap<>();
  private final Map<Cell, FeedCpu.Spent> idle = new LinkedHashMap<>();
  private boolean isAnyIncomplete;

  /**
   * How to measure.
   *
   * @param instances numbers of instances, ascending
   * @param warmUpSeconds of each feed at each number
   * @param seconds of a measurement at a rate
   * @param unpacedSeconds of a measurement without one
   * @param writers of these numbers the one that commits most is looked for
   */
  public record Settings(
      List<Integer> instances,
      int rounds,
      int warmUpSeconds,
      int seconds,
      int unpacedSeconds,
      List<Integer> writers) {}

  private record Cell(int instances, FeedKind kind) {}

  /**
   * One measurement of one cell.
   *
   * @param commitsPerSecond without pacing, with as many writers as commit most
   * @param lost in all phases, by whom it has to be had
   */
  private record Round(
      FeedFigures paced, double commitsPerSecond, int writers, long lost, long surplus) {}

  /**
   * @param feeds without instances yet
   * @param progress told a line now and then
   */
  public FeedTrial(Settings settings, List<FedInstances> feeds, Consumer<String> progress) {
    this.settings = settings;
    this.feeds = feeds;
    this.progress = progress;
  }

  /** Measures all cells. */
  public void run() throws IOException, SQLException, InterruptedException {
    List<FedInstances> order = new ArrayList<>(feeds);
    for (int count : settings.instances()) {
      for (FedInstances feed : feeds) {
        measured.put(new Cell(count, feed.kind()), new ArrayList<>());
      }
      for (FedInstances feed : order) {
        feed.growTo(count, progress);
        warmUp(feed, count);
      }
      for (int round = 1; round <= settings.rounds(); round++) {
        for (FedInstances feed : order) {
          Cell cell = new Cell(count, feed.kind());
          Round one = measure(feed);
          measured.computeIfAbsent(cell, key -> new ArrayList<>()).add(one);
          progress.accept("round " + round + ": " + line(cell, one));
        }
        Collections.reverse(order);
      }
      measureIdle(count);
    }
  }

  /** All in the same stretch of time, as none of them has anything to do. */
  private void measureIdle(int count) throws SQLException, InterruptedException {
    TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
    Map<Cell, FeedCpu> before = new LinkedHashMap<>();
    for (FedInstances feed : feeds) {
      before.put(new Cell(count, feed.kind()), feed.spent());
    }
    TimeUnit.SECONDS.sleep(settings.seconds());
    before.forEach((cell, spent) -> idle.put(cell, spent.since().per(settings.seconds())));
  }

  private void warmUp(FedInstances feed, int count)
      throws IOException, SQLException, InterruptedException {
    int seconds = settings.warmUpSeconds();
    if (seconds > 0) {
      progress.accept(feed.kind() + ", instances " + count + ": warming up for " + seconds + " s");
      note(feed.warmUp(seconds));
    }
  }

  private Round measure(FedInstances feed) throws IOException, SQLException, InterruptedException {
    FeedFigures paced = feed.paced(settings.seconds());
    note(paced);
    long missing = paced.missing();
    long surplus = paced.surplus();
    double best = 0;
    int bestWriters = 0;
    for (int writers : settings.writers()) {
      FeedFigures unpaced = feed.unpaced(writers, settings.unpacedSeconds());
      note(unpaced);
      missing += unpaced.missing();
      surplus += unpaced.surplus();
      double perSecond = (double) unpaced.committed() / settings.unpacedSeconds();
      if (perSecond > best) {
        best = perSecond;
        bestWriters = writers;
      }
    }
    return new Round(paced, best, bestWriters, missing, surplus);
  }

  private void note(FeedFigures figures) {
    isAnyIncomplete |= !figures.isComplete();
  }

  /** Whether an event was lost, or has come twice. */
  public boolean isAnyIncomplete() {
    return isAnyIncomplete;
  }

  private static String line(Cell cell, Round one) {
    return String.format(
        Locale.ROOT,
        "instances %2d  %-13s  PostgreSQL %7.1f us, relays %6.1f us, engine %6.1f us, instance"
            + " %6.1f us per event, p50 %6.2f ms, p99 %7.2f ms, %6.0f commits/s with %d writers,"
            + " %d lost",
        cell.instances(),
        cell.kind(),
        one.paced().spent().database(),
        one.paced().spent().relays(),
        one.paced().spent().engine(),
        one.paced().instanceMicros(),
        one.paced().p50Millis(),
        one.paced().p99Millis(),
        one.commitsPerSecond(),
        one.writers(),
        one.lost());
  }

  /** A row for each cell: medians of the rounds, with the least and the most. */
  public List<Map<String, Object>> rows() {
    List<Map<String, Object>> rows = new ArrayList<>();
    measured.forEach(
        (cell, rounds) -> {
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("instances", cell.instances());
          row.put("feed", cell.kind());
          row.put("lost", rounds.stream().mapToLong(Round::lost).sum());
          row.put("twice", rounds.stream().mapToLong(Round::surplus).sum());
          put(row, "PostgreSQL us/event", rounds, round -> round.paced().spent().database());
          put(row, "relays us/event", rounds, round -> round.paced().spent().relays());
          put(row, "engine us/event", rounds, round -> round.paced().spent().engine());
          put(row, "one instance us/event", rounds, round -> round.paced().instanceMicros());
          put(row, "p50 ms", rounds, round -> round.paced().p50Millis());
          put(row, "p99 ms", rounds, round -> round.paced().p99Millis());
          put(row, "commits/s", rounds, Round::commitsPerSecond);
          row.put(
              "writers",
              rounds.stream()
                  .map(round -> Integer.toString(round.writers()))
                  .distinct()
                  .collect(Collectors.joining(" or ")));
          FeedCpu.Spent still = idle.getOrDefault(cell, new FeedCpu.Spent(0, 0, 0));
          row.put("idle PostgreSQL us/s", still.database());
          row.put("idle relays us/s", still.relays());
          row.put("idle engine us/s", still.engine());
          rows.add(row);
        });
    return rows;
  }

  private static void put(
      Map<String, Object> row, String name, List<Round> rounds, ToDoubleFunction<Round> figure) {
    Spread spread = Spread.of(rounds.stream().mapToDouble(figure).boxed().toList());
    row.put(name, spread.text());
  }
}
