package herald.benchmarks.compare;

import herald.benchmarks.load.Population;
import herald.benchmarks.servers.BareServer;
import herald.benchmarks.servers.Centrifugo;
import herald.benchmarks.servers.CentrifugoOutbox;
import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.ProcessFigures;
import javax.sql.DataSource;

/**
 * A server that is compared by events to one receiver: it has a database of its own, in which they
 * are committed, so that nobody else's reach it.
 *
 * @param name for people
 * @param path path of the upgrade; empty for one that each user signs
 * @param people whose users are connected
 * @param publishes whether the commits also fill the database's outbox
 */
public record RateContender(
    String name,
    int port,
    String path,
    ProcessFigures figures,
    DataSource database,
    Population people,
    boolean publishes) {
  /** What the others are compared with. */
  public static final String LEAST = "the least";

  /** Herald, with clients that sign. */
  public static RateContender herald(
      String name, Gateway gateway, DataSource database, Population people) {
    return new RateContender(name, gateway.port(), "", gateway.figures(), database, people, false);
  }

  /** The least that the two drivers and Netty take. */
  public static RateContender relay(BareServer relay, DataSource database, Population people) {
    return new RateContender(LEAST, relay.port(), "/", relay.figures(), database, people, false);
  }

  /** Centrifugo, with a channel for each user. */
  public static RateContender centrifugo(
      Centrifugo centrifugo, DataSource database, Population people) {
    return new RateContender(
        "Centrifugo",
        centrifugo.port(),
        Centrifugo.path(CentrifugoOutbox.CHANNEL_OF_EACH_USER),
        centrifugo.figures(),
        database,
        people,
        true);
  }
}
