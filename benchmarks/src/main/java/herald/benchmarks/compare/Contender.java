package herald.benchmarks.compare;

import herald.benchmarks.load.BroadcastText;
import herald.benchmarks.load.Population;
import herald.benchmarks.load.RowWriter;
import herald.benchmarks.servers.BareServer;
import herald.benchmarks.servers.Centrifugo;
import herald.benchmarks.servers.CentrifugoOutbox;
import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.Nchan;
import herald.benchmarks.servers.ProcessFigures;

/**
 * A server that is compared: where it listens, what it costs, and how a message to all is given to
 * it.
 *
 * @param name for people
 * @param path path of the upgrade; empty for one that each user signs
 */
public record Contender(
    String name, int port, String path, ProcessFigures figures, Broadcast broadcast) {

  /** How a message to all is given to a server. */
  @FunctionalInterface
  public interface Broadcast {
    /**
     * Has one message sent to all connections.
     *
     * @param plannedNanos the moment that goes into its text
     */
    void send(long plannedNanos) throws Exception;
  }

  /** Herald, with blasts that are committed to its database. */
  public static Contender herald(String name, Gateway gateway, RowWriter writer, int eventBytes) {
    return new Contender(
        name,
        gateway.port(),
        "",
        gateway.figures(),
        plannedNanos -> writer.blast(plannedNanos, eventBytes));
  }

  /** The bare loop, with the same text. */
  public static Contender bareLoop(BareServer server, Population people, int eventBytes) {
    return new Contender(
        "bare Netty loop",
        server.port(),
        "/",
        server.figures(),
        plannedNanos -> server.broadcast(BroadcastText.of(people, plannedNanos, eventBytes)));
  }

  /** Nchan, with the same text. */
  public static Contender nchan(Nchan nchan, Population people, int eventBytes) {
    return new Contender(
        "Nchan in nginx",
        nchan.port(),
        Nchan.PATH,
        nchan.figures(),
        plannedNanos -> nchan.broadcast(BroadcastText.of(people, plannedNanos, eventBytes)));
  }

  /** Centrifugo, with the same blasts, which are committed with the same text in its outbox. */
  public static Contender centrifugo(Centrifugo centrifugo, RowWriter writer, int eventBytes) {
    return new Contender(
        "Centrifugo",
        centrifugo.port(),
        Centrifugo.path(CentrifugoOutbox.EVERYBODY),
        centrifugo.figures(),
        plannedNanos -> writer.blast(plannedNanos, eventBytes));
  }
}
