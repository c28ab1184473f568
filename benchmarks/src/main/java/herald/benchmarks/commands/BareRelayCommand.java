package herald.benchmarks.commands;

import herald.benchmarks.servers.BareLoop;
import herald.benchmarks.servers.BareRelay;
import herald.gateway.config.DatabaseUrl;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code herald-bench bare-relay}: the limit of the way from a commit to one client, started by
 * {@code rates}. Runs until its input ends, as it does when the driver is gone.
 */
@Command(name = "bare-relay", hidden = true, description = "Notified, fetched, written.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BareRelayCommand implements Callable<Integer> {
  @Option(names = "--database", defaultValue = "${env:HERALD_DATABASE}", required = true)
  private String database;

  @Override
  public Integer call() throws SQLException {
    Thread relaying = Thread.currentThread();
    Thread input = new Thread(() -> interruptAtTheEnd(relaying), "bench-input");
    input.setDaemon(true);
    try (BareLoop loop = new BareLoop()) {
      BareRelay relay = new BareRelay(DatabaseUrl.parse(database), loop);
      System.out.println("listening " + loop.port());
      input.start();
      relay.run();
    } catch (InterruptedException e) {
      // The input has ended.
    }
    return 0;
  }

  private static void interruptAtTheEnd(Thread relaying) {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // That is an end too.
    }
    relaying.interrupt();
  }
}
