package herald.gateway.exchange;

import herald.gateway.exchange.Entry.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What instances tell each other of others: whoever starts asks those that run about those that are
 * gone, since it will never hear them. Exchange's thread.
 */
final class ThirdParties {
  private final long self;
  private final long retentionNanos;
  private final PeerTable table;
  private List<Question> questions = new ArrayList<>();

  /** An instance that is asked for what it knows of another. */
  record Question(long asked, long about) {}

  ThirdParties(long self, long retentionNanos, PeerTable table) {
    this.self = self;
    this.retentionNanos = retentionNanos;
    this.table = table;
  }

  /** One that is heard speaks for itself; what the sender knows of any other is asked for. */
  void ask(Peer sender, Entry.Knows knows, long nowNanos) {
    long lastHeardNanos = PeerTable.before(knows.agoMillis(), nowNanos);
    if (knows.instance() != self
        && table.get(knows.instance()) == null
        && !table.isFull()
        && nowNanos - lastHeardNanos <= retentionNanos) {
      Peer gone = new Peer(knows.instance(), lastHeardNanos);
      gone.silent(true);
      gone.untold(true);
      table.add(gone, knows.doubt());
      questions.add(new Question(sender.instance(), knows.instance()));
    }
  }

  /** The other instances of which something is known, for a snapshot. */
  List<Entry> known(long nowNanos) {
    List<Entry> known = new ArrayList<>();
    table
        .all()
        .forEach(
            peer ->
                known.add(
                    new Entry.Knows(
                        peer.instance(),
                        doubtOfThird(peer),
                        PeerTable.agoMillis(peer.lastHeardNanos(), nowNanos))));
    return known;
  }

  /** What is known of an instance, for one that has never heard it. */
  List<Entry> positionsOf(long instance, long nowNanos) {
    List<Entry> positions = new ArrayList<>();
    Peer peer = table.get(instance);
    if (peer != null) {
      peer.connections()
          .forEach(
              (number, connection) -> {
                Mark mark = peer.confirmed(connection);
                if (mark != null) {
                  long endedAtNanos =
                      connection.isOpen() ? peer.lastHeardNanos() : connection.endedAtNanos();
                  positions.add(
                      new Entry.Put(
                          instance,
                          number,
                          connection.userId(),
                          connection.device(),
                          State.ENDED,
                          mark,
                          PeerTable.agoMillis(endedAtNanos, nowNanos)));
                }
              });
    }
    positions.add(new Entry.Knows(instance, null, 0));
    return positions;
  }

  /** One that can be heard may be gone, and the receiver of this will never hear it. */
  private static @Nullable Mark doubtOfThird(Peer peer) {
    return peer.isSilent() || peer.doubt() != null
        ? peer.doubt()
        : peer.live() == null ? peer.first() : peer.live();
  }

  /** What is to be asked. */
  List<Question> takeQuestions() {
    List<Question> taken = questions;
    questions = new ArrayList<>();
    return taken;
  }
}
