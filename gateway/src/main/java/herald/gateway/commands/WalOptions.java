package herald.gateway.commands;

import herald.gateway.config.WalSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** By what a relay hears of new rows. */
@Command(optionListHeading = "%nSource:%n")
final class WalOptions {
  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      description =
          "notifications hears what the trigger announces; wal reads the write-ahead log by a"
              + " replication slot, which needs wal_level = logical, and no trigger.")
  private Source source = Source.NOTIFICATIONS;

  @Option(
      names = "--slot",
      paramLabel = "NAME",
      description =
          "The replication slot that is read with --source wal. Each relay has its own; of several"
              + " with the same slot one reads, and the others wait for it.")
  private String slot = "herald";

  @Option(
      names = "--create-slot",
      description =
          "Makes the publication and the slot where they are missing, and a slot anew that the"
              + " server has invalidated.")
  private boolean createsSlot;

  /** By what rows become known. */
  enum Source {
    NOTIFICATIONS,
    WAL
  }

  /**
   * How the log is read; null if it is not.
   *
   * @throws IllegalArgumentException with one sentence
   */
  @Nullable WalSettings settings() {
    WalSettings settings = new WalSettings(slot, createsSlot);
    return source == Source.WAL ? settings : null;
  }
}
