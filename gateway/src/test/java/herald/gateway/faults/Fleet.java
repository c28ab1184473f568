package herald.gateway.faults;

import herald.gateway.testing.RunningHerald;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The instances, and the relays if there are any. Whoever reads the table itself counts what it has
 * read: the relays, or the instances if they listen to the database. One thread.
 */
final class Fleet implements AutoCloseable {
  private static final long WAIT_SECONDS = 120;

  /** Longer than the longest rest between two searches of the table, twice. */
  private static final long SWEEP_SECONDS = 120;

  private static final String SWEEPS = "herald_feed_sweeps_total";
  private static final String UNANNOUNCED = "herald_feed_unannounced_total";

  private final Instances instances;
  private final @Nullable Relays relays;

  Fleet(Instances instances, @Nullable Relays relays) {
    this.instances = instances;
    this.relays = relays;
  }

  Instances instances() {
    return instances;
  }

  /** Null if the instances listen to the database. */
  @Nullable Relays relays() {
    return relays;
  }

  /** Those that run and read the table themselves. */
  List<RunningHerald> tableReaders() {
    return relays == null ? List.copyOf(instances.all()) : List.copyOf(relays.all());
  }

  /** All that run. */
  List<RunningHerald> all() {
    List<RunningHerald> all = new ArrayList<>(instances.all());
    if (relays != null) {
      all.addAll(relays.all());
    }
    return all;
  }

  /** Writes what each has said, also those that have ended, to files of their own. */
  void writeOutputs(Path directory) throws IOException {
    Files.createDirectories(directory);
    writeOutputs(directory, "instance", instances.everStarted());
    if (relays != null) {
      writeOutputs(directory, "relay", relays.everStarted());
    }
  }

  private static void writeOutputs(
      Path directory, String name, List<? extends RunningHerald> processes) throws IOException {
    int number = 0;
    for (RunningHerald each : processes) {
      Files.writeString(directory.resolve(name + "-" + number++ + ".log"), each.output());
    }
  }

  /** The lines to the database of all that run. */
  List<TcpProxy> linesToDatabase() {
    List<TcpProxy> lines = new ArrayList<>(instances.linesToDatabase());
    if (relays != null) {
      lines.addAll(relays.linesToDatabase());
    }
    return lines;
  }

  void awaitReady() throws InterruptedException {
    if (relays != null) {
      relays.awaitReady();
    }
    instances.awaitReady();
  }

  /** Waits until each that reads the table says that it is not ready. */
  void awaitUnready() throws InterruptedException {
    for (RunningHerald reader : tableReaders()) {
      Eventually.holds("a reader of the table is not ready", WAIT_SECONDS, () -> !reader.isReady());
    }
  }

  /** How many rows each has read that no notification had announced. */
  Map<RunningHerald, Double> unannounced() {
    return each(UNANNOUNCED);
  }

  /**
   * Waits until each has read so many more rows that no notification had announced, or has searched
   * the table from the beginning and found no more.
   */
  void awaitSweep(Map<RunningHerald, Double> unannouncedBefore, long unannouncedSince)
      throws InterruptedException {
    Map<RunningHerald, Double> sweptBefore = each(SWEEPS);
    for (RunningHerald reader : tableReaders()) {
      double enough = unannouncedBefore.getOrDefault(reader, 0.0) + unannouncedSince;
      // The first of the two may have been under way.
      double often = sweptBefore.getOrDefault(reader, 0.0) + 2;
      Eventually.holds(
          "the table has been swept",
          SWEEP_SECONDS,
          () -> metric(reader, UNANNOUNCED) >= enough || metric(reader, SWEEPS) >= often);
    }
  }

  private Map<RunningHerald, Double> each(String metric) {
    Map<RunningHerald, Double> values = new HashMap<>();
    tableReaders().forEach(reader -> values.put(reader, metric(reader, metric)));
    return values;
  }

  /** The sum of a metric over all that run. */
  long sum(String metric) {
    return all().stream().mapToLong(each -> (long) metric(each, metric)).sum();
  }

  private static double metric(RunningHerald herald, String name) {
    try {
      return herald.metric(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      instances.close();
    } finally {
      if (relays != null) {
        relays.close();
      }
    }
  }
}
