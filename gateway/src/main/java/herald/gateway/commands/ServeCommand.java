package herald.gateway.commands;

import herald.gateway.Gateway;
import herald.gateway.config.GatewayConfig;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code herald serve}: the gateway, until it is told to stop. */
@Command(
    name = "serve",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description = "Serves clients until SIGTERM; then drains and exits with 0.",
    footer = {
      "",
      "Every option has an environment variable: --max-batch is HERALD_MAX_BATCH.",
      "Sizes: 512, 64k, 256m, 2g. Times: 500ms, 30s, 10m, 12h."
    })
final class ServeCommand implements Callable<Integer> {
  @Mixin private final ServeOptions options = new ServeOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    GatewayConfig config = options.config();
    Gateway gateway = new Gateway(config);
    try {
      gateway.start();
    } catch (IOException e) {
      gateway.close();
      throw e;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  gateway.drain();
                  gateway.close();
                  stopped.countDown();
                  // A JVM that ends by a signal exits with 128 and the signal's number; an orderly
                  // stop is no failure. Nothing else is left to be done.
                  Runtime.getRuntime().halt(0);
                },
                "herald-stop"));
    stopped.await();
    return 0;
  }
}
