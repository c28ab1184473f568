package herald.gateway.exchange;

import herald.gateway.exchange.Entry.State;
import herald.gateway.fanout.PeerChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The other instances and their positions, as far as they have been heard: what follows for this
 * instance's mailboxes comes out as {@link PeerChange}s.
 *
 * <p>An instance that is quiet for longer than it should be may be gone, and have left something
 * unsaid: that is a doubt. One that is silent for long is taken for gone: its open connections
 * count as ended where it last said they were. What may have been lost of what an instance has said
 * is a doubt until a snapshot has come. Exchange's thread.
 */
final class Peers {
  private static final long ASK_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** The time since which an instance may have positions of which this one has never heard. */
  private final Mark longBefore;

  private final ExchangeTimes times;
  private final PeerTable table;
  private final ThirdParties thirdParties;
  private final PeerEntries peerEntries;

  /**
   * @param begin stands for the time before this instance began
   */
  Peers(Mark begin, ExchangeTimes times) {
    this(begin, times, new PeerTable());
  }

  /** The same with a table of another size, for tests of a full one. */
  Peers(Mark begin, ExchangeTimes times, PeerTable table) {
    this.table = table;
    longBefore =
        new Mark(
            0,
            0,
            begin.clockMicros() - TimeUnit.NANOSECONDS.toMicros(times.retentionNanos()),
            0,
            begin.cluster());
    this.times = times;
    thirdParties = new ThirdParties(begin.instance(), times.retentionNanos(), table);
    peerEntries = new PeerEntries(table, thirdParties);
  }

  /** What they tell each other of third ones. */
  ThirdParties thirdParties() {
    return thirdParties;
  }

  /** Whether anybody is to be told anything. */
  boolean isAlone() {
    for (Peer peer : table.all()) {
      if (!peer.isSilent()) {
        return false;
      }
    }
    return true;
  }

  /** Whether all is known that the others have said. */
  boolean areComplete() {
    return table.all().stream()
        .allMatch(peer -> peer.isSilent() ? !peer.isUntold() : peer.isComplete());
  }

  /** Instances that are heard. */
  int size() {
    return (int) table.all().stream().filter(peer -> !peer.isSilent()).count();
  }

  /** Their connections and positions. */
  int positions() {
    return table.all().stream().mapToInt(peer -> peer.connections().size()).sum();
  }

  /**
   * An instance says something.
   *
   * @throws IllegalArgumentException if there are too many instances
   */
  Peer heard(long instance, long nowNanos) {
    Peer peer = table.get(instance);
    if (peer == null) {
      if (table.isFull()) {
        throw new IllegalArgumentException("more than " + PeerTable.MAX_INSTANCES + " instances");
      }
      peer = new Peer(instance, nowNanos);
      peer.beginAt(table.streamMarks().last());
      table.add(peer, longBefore);
    }
    peer.heard(nowNanos);
    if (peer.isSilent()) {
      peer.silent(false);
      lose(peer);
    } else if (peer.isQuiet() && peer.isComplete()) {
      table.trust(peer);
    }
    peer.quiet(false);
    return peer;
  }

  void onMark(Mark mark, long position, long nowNanos) {
    heard(mark.instance(), nowNanos).addMark(mark, position);
  }

  /** A mark that all instances find at the same place has been handled here. */
  void onStreamMark(Mark mark, long position) {
    table.streamMarks().add(mark, position);
  }

  /** Messages may have been lost: the listener's connection is a new one. */
  void onListening() {
    for (Peer peer : table.all()) {
      lose(peer);
    }
  }

  private void lose(Peer peer) {
    peer.lose();
    table.doubt(peer);
  }

  /** An instance has said that it stops, and that all its connections have ended. */
  void onLeft(long instance, long sequence, long nowNanos) {
    Peer peer = heard(instance, nowNanos);
    if (follow(peer, sequence)) {
      fallSilent(peer);
    }
  }

  /**
   * Takes a message.
   *
   * @param sequence the number of the message
   */
  void onChanges(long instance, long sequence, List<Entry> entries, long nowNanos) {
    Peer peer = heard(instance, nowNanos);
    if (follow(peer, sequence)) {
      for (Entry entry : entries) {
        peerEntries.apply(peer, entry, nowNanos);
      }
    }
  }

  /** Takes a part of a snapshot. */
  void onSnapshot(
      long instance,
      long sequence,
      List<Entry> part,
      boolean isFirst,
      boolean isLast,
      long nowNanos) {
    Peer peer = heard(instance, nowNanos);
    if (follow(peer, sequence)) {
      List<Entry> all = peer.addPart(part, isFirst, isLast, table.roomForSnapshot(peer));
      if (all != null) {
        peerEntries.replace(peer, all, nowNanos);
        table.trust(peer);
      }
    }
  }

  private boolean follow(Peer peer, long sequence) {
    boolean wasComplete = peer.isComplete();
    boolean isNews = peer.follow(sequence);
    if (wasComplete && !peer.isComplete()) {
      table.doubt(peer);
    }
    return isNews;
  }

  /** A connection of this instance has retired the position of another instance's. */
  void onRetiredHere(long instance, long number) {
    Peer peer = table.get(instance);
    if (peer != null) {
      table.forgetQuietly(peer, number);
    }
  }

  // ---- Time ----

  /** Those who are to be asked for a snapshot now. */
  List<Long> toAsk(long nowNanos) {
    List<Long> asked = new ArrayList<>();
    for (Peer peer : table.all()) {
      if (peer.mayAsk(nowNanos, ASK_INTERVAL_NANOS)) {
        asked.add(peer.instance());
      }
    }
    return asked;
  }

  /** Notices who has fallen silent, and forgets what is too old. */
  void onTime(long nowNanos) {
    for (Peer peer : List.copyOf(table.all())) {
      long silentNanos = nowNanos - peer.lastHeardNanos();
      if (!peer.isSilent() && !peer.isQuiet() && silentNanos > times.quietNanos()) {
        peer.quiet(true);
        table.doubt(peer);
      }
      if (!peer.isSilent() && silentNanos > times.silenceNanos()) {
        fallSilent(peer);
      }
      expire(peer, nowNanos);
      if (peer.isSilent() && silentNanos > times.retentionNanos()) {
        table.remove(peer);
      }
    }
  }

  private void fallSilent(Peer peer) {
    peer.silent(true);
    for (Map.Entry<Long, Peer.Connection> each : List.copyOf(peer.connections().entrySet())) {
      Peer.Connection open = each.getValue();
      Mark mark = peer.confirmed(open);
      if (open.isOpen() && mark != null) {
        table.set(
            peer,
            each.getKey(),
            new Peer.Connection(
                open.userId(), open.device(), State.ENDED, mark, peer.lastHeardNanos()));
      }
    }
  }

  private void expire(Peer peer, long nowNanos) {
    table.expire(
        peer,
        connection ->
            !connection.isOpen() && nowNanos - connection.endedAtNanos() > times.retentionNanos());
  }

  /** What the mailboxes are to be told. */
  List<PeerChange> takeChanges() {
    return table.takeChanges();
  }
}
