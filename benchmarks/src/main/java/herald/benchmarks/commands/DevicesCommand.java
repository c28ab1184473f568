package herald.benchmarks.commands;

import herald.gateway.fanout.RememberedDevices;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald-bench devices}: the memory that remembered devices take. */
@Command(
    name = "devices",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Measures the heap that the positions of devices take whose connections have ended, here"
            + " or at another instance, in this process and without a database.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class DevicesCommand implements Callable<Integer> {
  private static final int MOST_PER_USER = 2;

  @Mixin private final Console console = new Console();

  @Option(names = "--devices", paramLabel = "NUMBER", description = "Devices to remember.")
  private int devices = 1_000_000;

  @Override
  public Integer call() {
    for (int perUser = 1; perUser <= MOST_PER_USER; perUser++) {
      say("here", perUser, RememberedDevices.bytesEachHere(devices, perUser));
      say("at another instance", perUser, RememberedDevices.bytesEachElsewhere(devices, perUser));
    }
    return 0;
  }

  private void say(String where, int perUser, double bytesEach) {
    console.say(
        String.format(
            Locale.ROOT,
            "%,d devices that were %s, %d of each user: %.0f bytes of heap each, %.0f MB together",
            devices,
            where,
            perUser,
            bytesEach,
            bytesEach * devices / 1e6));
  }
}
