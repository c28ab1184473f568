package herald.benchmarks.commands;

import picocli.CommandLine.Option;

/** What all measurements with clients share; a command may begin with other defaults. */
final class MeasurementOptions {
  @Option(
      names = "--connections",
      paramLabel = "NUMBER",
      description = "Clients that are measured, each a user of its own.")
  private int connections;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description = "Seconds of load before the first measurement.")
  private int warmUpSeconds = 10;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      description = "Seconds of each measurement.")
  private int seconds = 30;

  MeasurementOptions(int connections) {
    this.connections = connections;
  }

  MeasurementOptions warmUpSeconds(int value) {
    warmUpSeconds = value;
    return this;
  }

  MeasurementOptions seconds(int value) {
    seconds = value;
    return this;
  }

  int connections() {
    return connections;
  }

  int warmUpSeconds() {
    return warmUpSeconds;
  }

  int seconds() {
    return seconds;
  }
}
