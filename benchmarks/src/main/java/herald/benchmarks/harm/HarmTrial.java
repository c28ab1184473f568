package herald.benchmarks.harm;

import herald.benchmarks.compare.Spread;
import herald.benchmarks.load.LoadResult;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * One harm in several rounds, in each of which the others are measured without it, with what it
 * costs the machine without the gateway, and with it, the other way round in every second one: so
 * what the machine does besides concerns all alike. What is compared are the medians of the rounds.
 */
public final class HarmTrial {
  private final HarmKind kind;
  private final List<LoadResult> without = new ArrayList<>();
  private final List<LoadResult> control = new ArrayList<>();
  private final List<LoadResult> with = new ArrayList<>();
  private long done;

  /** Measures the others. */
  @FunctionalInterface
  public interface Measurement {
    LoadResult measure() throws IOException, SQLException, InterruptedException;
  }

  /** A trial without any round. */
  public HarmTrial(HarmKind kind) {
    this.kind = kind;
  }

  /**
   * Measures one round more.
   *
   * @param withoutGateway with what the harm costs the machine where the gateway is not concerned
   */
  public void round(Measurement withoutHarm, Measurement withoutGateway, Measurement withHarm)
      throws IOException, SQLException, InterruptedException {
    boolean isHarmFirst = without.size() % 2 == 1;
    if (isHarmFirst) {
      with.add(withHarm.measure());
      control.add(withoutGateway.measure());
    }
    without.add(withoutHarm.measure());
    if (!isHarmFirst) {
      control.add(withoutGateway.measure());
      with.add(withHarm.measure());
    }
  }

  /** The harm was done so often while the others were measured. */
  public void wasDone(long times) {
    done += times;
  }

  private static double median(List<LoadResult> results, ToDoubleFunction<LoadResult> figure) {
    return Spread.of(results.stream().map(figure::applyAsDouble).toList()).middle();
  }

  private double ratio(double percentile) {
    return median(with, result -> result.millis(percentile))
        / median(without, result -> result.millis(percentile));
  }

  private static long lost(List<LoadResult> results) {
    return results.stream().mapToLong(r -> r.expected() - r.delivered() + r.lost()).sum();
  }

  /** Whether some of the others did not get an event, got one twice, or lost the connection. */
  private static boolean isAnyIncomplete(List<LoadResult> results) {
    return results.stream().anyMatch(result -> !result.isComplete());
  }

  /**
   * What is not as it has to be: the others lose nothing, and wait as long as without the harm.
   *
   * @param tolerancePercent by so much the times may be longer
   */
  public List<String> broken(double tolerancePercent) {
    List<String> broken = new ArrayList<>();
    if (done == 0) {
      broken.add("the harm was not done once");
    }
    if (isAnyIncomplete(without) || isAnyIncomplete(with)) {
      broken.add(
          String.format(
              "%d events and connections lost without it, %d with it", lost(without), lost(with)));
    }
    for (int percentile : List.of(50, 99)) {
      double longer = (ratio(percentile) - 1) * 100;
      if (!(longer <= tolerancePercent)) {
        broken.add(
            String.format(
                Locale.ROOT,
                "p%d %.1f %% longer than without it, %.1f %% are allowed",
                percentile,
                longer,
                tolerancePercent));
      }
    }
    return broken;
  }

  /** Its figures, by the names of their columns. */
  public Map<String, Object> row(double tolerancePercent) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("harm", kind.toString());
    row.put("times", done);
    for (int percentile : List.of(50, 99)) {
      row.put("p" + percentile + " ms", median(without, result -> result.millis(percentile)));
      row.put("p" + percentile + " control", median(control, result -> result.millis(percentile)));
      row.put("p" + percentile + " with it", median(with, result -> result.millis(percentile)));
      row.put("p" + percentile + " ratio", ratio(percentile));
    }
    row.put("lost", lost(without));
    row.put("lost with it", lost(with));
    row.put("kept", broken(tolerancePercent).isEmpty() ? "yes" : "no");
    return row;
  }

  /** The rounds, each with what was measured. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int round = 0; round < without.size(); round++) {
      LoadResult plain = without.get(round);
      LoadResult machine = control.get(round);
      LoadResult harmed = with.get(round);
      lines.add(
          String.format(
              Locale.ROOT,
              "%s, round %d: without, control, with it: p50 %.2f, %.2f, %.2f ms; p99 %.2f, %.2f,"
                  + " %.2f ms",
              kind,
              round + 1,
              plain.millis(50),
              machine.millis(50),
              harmed.millis(50),
              plain.millis(99),
              machine.millis(99),
              harmed.millis(99)));
    }
    return lines;
  }
}
