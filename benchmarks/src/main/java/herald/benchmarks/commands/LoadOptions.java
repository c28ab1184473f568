package herald.benchmarks.commands;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A measurement under load: also how much is sent, and of which size. */
final class LoadOptions {
  @Mixin private final MeasurementOptions measurement;

  @Option(
      names = "--rate",
      paramLabel = "NUMBER",
      description =
          "Rpc logs per second, or messages to all; 0 for as many as the database takes, which"
              + " compare and feeds refuse.")
  private double rate;

  @Option(
      names = "--event-bytes",
      paramLabel = "NUMBER",
      description = "Bytes of the text message that a client receives for each, at least.")
  private int eventBytes = 330;

  /**
   * The defaults that differ between all commands.
   *
   * @param rate per second
   */
  LoadOptions(int connections, double rate) {
    measurement = new MeasurementOptions(connections);
    this.rate = rate;
  }

  LoadOptions eventBytes(int value) {
    eventBytes = value;
    return this;
  }

  LoadOptions warmUpSeconds(int value) {
    var unused = measurement.warmUpSeconds(value);
    return this;
  }

  LoadOptions seconds(int value) {
    var unused = measurement.seconds(value);
    return this;
  }

  int connections() {
    return measurement.connections();
  }

  double rate() {
    return rate;
  }

  /**
   * For a command whose servers all have to get the same, so that it can't take as many as go.
   *
   * @throws IllegalArgumentException with one sentence
   */
  void requireRate() {
    if (rate <= 0) {
      throw new IllegalArgumentException("--rate is " + rate + " (expected: more than 0)");
    }
  }

  int eventBytes() {
    return eventBytes;
  }

  int warmUpSeconds() {
    return measurement.warmUpSeconds();
  }

  int seconds() {
    return measurement.seconds();
  }
}
