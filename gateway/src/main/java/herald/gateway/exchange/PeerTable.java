package herald.gateway.exchange;

import herald.gateway.fanout.CommitPlace;
import herald.gateway.fanout.PeerChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The other instances, their connections and their positions. Whatever changes is also noted as a
 * {@link PeerChange} for the mailboxes. Bounded, because every role that may connect to the
 * database can say that there are more. Exchange's thread.
 */
final class PeerTable {
  /** Instances of which something is kept, those included that are gone. */
  static final int MAX_INSTANCES = 500;

  /** Connections of all other instances, open or ended. */
  static final int MAX_CONNECTIONS = 1_000_000;

  private final int maxConnections;
  private int connections;
  private final Map<Long, Peer> byInstance = new LinkedHashMap<>();
  private List<PeerChange> changes = new ArrayList<>();
  private final StreamMarks streamMarks = new StreamMarks();

  PeerTable() {
    this(MAX_CONNECTIONS);
  }

  /** The same, for tests of a full one. */
  PeerTable(int maxConnections) {
    this.maxConnections = maxConnections;
  }

  /** The marks that are not of an instance, but of the stream. */
  StreamMarks streamMarks() {
    return streamMarks;
  }

  /** Whether no further instance can be added. */
  boolean isFull() {
    return byInstance.size() >= MAX_INSTANCES;
  }

  /** An instance; null if nothing is known of it. */
  @Nullable Peer get(long instance) {
    return byInstance.get(instance);
  }

  /** All of which something is known. */
  Collection<Peer> all() {
    return byInstance.values();
  }

  /** Forgets an instance, and what is left of its connections. */
  void remove(Peer peer) {
    for (Long number : List.copyOf(peer.connections().keySet())) {
      forget(peer, number);
    }
    byInstance.remove(peer.instance());
    changes.add(new PeerChange.Forgotten(peer.instance()));
  }

  /** Adds an instance, with what may be unknown of it. */
  void add(Peer peer, @Nullable Mark doubt) {
    byInstance.put(peer.instance(), peer);
    peer.doubt(doubt);
    say(peer);
  }

  // ---- Doubts ----

  /** Something that it has said, or left unsaid, may be unknown. */
  void doubt(Peer peer) {
    peer.doubted();
    say(peer);
  }

  /** All that it has said is known. */
  void trust(Peer peer) {
    peer.doubt(null);
    say(peer);
  }

  /** Tells the mailboxes what may be unknown of an instance. */
  private void say(Peer peer) {
    Mark since = peer.doubt();
    changes.add(new PeerChange.Doubt(peer.instance(), since == null ? null : place(since)));
  }

  // ---- Connections ----

  /** Its healthy connections have confirmed up to this mark. */
  void live(Peer peer, Mark mark) {
    peer.live(mark);
    changes.add(new PeerChange.Live(peer.instance(), place(mark)));
  }

  /**
   * A connection of it is open, or has ended, at its position.
   *
   * @throws IllegalArgumentException if there are too many; what is unknown is a doubt then
   */
  void set(Peer peer, long number, Peer.Connection connection) {
    if (!peer.connections().containsKey(number)) {
      if (connections >= maxConnections) {
        doubt(peer);
        throw new IllegalArgumentException("more than " + maxConnections + " connections");
      }
      connections++;
    }
    peer.connections().put(number, connection);
    Mark mark = connection.mark();
    CommitPlace place = mark == null ? null : place(mark);
    changes.add(
        connection.isOpen() || place == null
            ? new PeerChange.Open(
                peer.instance(), number, connection.userId(), connection.device(), place)
            : new PeerChange.Ended(
                peer.instance(),
                number,
                connection.userId(),
                connection.device(),
                place,
                connection.endedAtNanos()));
  }

  /** A position is not needed any more, if the connection has ended. */
  void forgetEnded(Peer peer, long number) {
    Peer.Connection ended = peer.connections().get(number);
    if (ended != null && !ended.isOpen()) {
      forget(peer, number);
    }
  }

  /** A connection is not there any more. */
  void forget(Peer peer, long number) {
    Peer.Connection gone = peer.connections().remove(number);
    if (gone != null) {
      connections--;
      changes.add(new PeerChange.Gone(peer.instance(), number, gone.userId()));
    }
  }

  /** Forgets a connection of which the mailboxes know that it is gone. */
  void forgetQuietly(Peer peer, long number) {
    if (peer.connections().remove(number) != null) {
      connections--;
    }
  }

  /** Forgets ended connections of which the mailboxes let go by themselves. */
  void expire(Peer peer, Predicate<Peer.Connection> isTooOld) {
    int before = peer.connections().size();
    peer.connections().values().removeIf(isTooOld);
    connections -= before - peer.connections().size();
  }

  /** How many entries a snapshot of this instance may have: all together as many as connections. */
  int roomForSnapshot(Peer peer) {
    int others = 0;
    for (Peer other : byInstance.values()) {
      others += other == peer ? 0 : other.snapshotEntries();
    }
    return maxConnections - others;
  }

  private CommitPlace place(Mark mark) {
    Peer whose = byInstance.get(mark.instance());
    long position = whose == null ? streamMarks.position(mark) : whose.position(mark.number());
    return new CommitPlace(position, mark.clockMicros(), mark.xmin(), mark.cluster());
  }

  // ---- Time ----

  /** How long ago a moment was. */
  static long agoMillis(long nanos, long nowNanos) {
    return Math.max(0, TimeUnit.NANOSECONDS.toMillis(nowNanos - nanos));
  }

  /** The moment that was so long ago. */
  static long before(long agoMillis, long nowNanos) {
    return nowNanos - TimeUnit.MILLISECONDS.toNanos(agoMillis);
  }

  /** What the mailboxes are to be told. */
  List<PeerChange> takeChanges() {
    List<PeerChange> taken = changes;
    changes = new ArrayList<>();
    return taken;
  }
}
