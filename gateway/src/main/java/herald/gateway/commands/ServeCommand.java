package herald.gateway.commands;

import herald.gateway.Gateway;
import herald.gateway.config.GatewayConfig;
import herald.gateway.ops.StopSignals;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code herald serve}: the gateway, until it is told to stop. */
@Command(
    name = "serve",
    addMethodSubcommands = false,
    sortOptions = false,
    abbreviateSynopsis = true,
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description =
        "Serves clients until SIGTERM or POST /drain, then closes their connections one after the"
            + " other (drains) and exits with 0.",
    footer = {
      "",
      "A second SIGTERM shortens the drain.",
      "Every option has an environment variable, HERALD_MAX_BATCH for --max-batch, and a name in"
          + " the",
      "file of --config, max-batch. The command line wins over the environment, and that over the"
          + " file.",
      "Sizes: 512, 64k, 256m, 2g. Times: 500ms, 30s, 10m, 12h."
    })
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Mixin
  @SuppressWarnings("UnusedVariable") // OptionSources reads the file
  private final ConfigFileOption file = new ConfigFileOption();

  @Mixin private final ServeOptions options = new ServeOptions();
  @Mixin private final LogOptions logs = new LogOptions();

  private final OptionSources sources;

  ServeCommand(OptionSources sources) {
    this.sources = sources;
  }

  /**
   * What the options say.
   *
   * @throws IllegalArgumentException with one sentence
   */
  GatewayConfig config() {
    return options.config();
  }

  private void warnOfFile() {
    ConfigFile read = sources.file();
    String warning = read == null ? null : read.exposure();
    if (warning != null) {
      LOG.warn(warning);
    }
  }

  @Override
  public Integer call() throws IOException {
    logs.apply();
    warnOfFile();
    Gateway gateway = new Gateway(config());
    try {
      gateway.start();
    } catch (IOException e) {
      gateway.close();
      throw e;
    }
    AtomicBoolean stopping = new AtomicBoolean();
    StopSignals.onEach(
        () -> {
          // A drain that was asked for by POST is not hastened by the signal that follows it.
          if (stopping.compareAndSet(false, true)) {
            gateway.beginDrain();
          } else {
            gateway.hastenDrain();
          }
        });
    gateway.drained().toCompletableFuture().join();
    gateway.close();
    return 0;
  }
}
