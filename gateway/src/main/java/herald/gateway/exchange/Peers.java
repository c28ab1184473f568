package herald.gateway.exchange;

import herald.gateway.exchange.Entry.State;
import herald.gateway.fanout.CommitPlace;
import herald.gateway.fanout.PeerChange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
  /** More than from one probe to the next. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(8);

  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long ASK_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final long self;

  /** The time since which an instance may have positions of which this one has never heard. */
  private final Mark longBefore;

  private final long retentionNanos;
  private final Map<Long, Peer> byInstance = new LinkedHashMap<>();
  private List<PeerChange> changes = new ArrayList<>();
  private List<Question> questions = new ArrayList<>();

  /**
   * @param begin stands for the time before this instance began
   */
  Peers(Mark begin, long retentionNanos) {
    self = begin.instance();
    longBefore =
        new Mark(
            0,
            0,
            begin.clockMicros() - TimeUnit.NANOSECONDS.toMicros(retentionNanos),
            0,
            begin.cluster());
    this.retentionNanos = retentionNanos;
  }

  /** Whether anybody is to be told anything. */
  boolean isAlone() {
    for (Peer peer : byInstance.values()) {
      if (!peer.isSilent()) {
        return false;
      }
    }
    return true;
  }

  /** Whether all is known that the others have said. */
  boolean areComplete() {
    return byInstance.values().stream()
        .allMatch(peer -> peer.isSilent() ? !peer.isUntold() : peer.isComplete());
  }

  /** Instances that are heard. */
  int size() {
    return (int) byInstance.values().stream().filter(peer -> !peer.isSilent()).count();
  }

  /** Their connections and positions. */
  int positions() {
    return byInstance.values().stream().mapToInt(peer -> peer.connections().size()).sum();
  }

  /** An instance says something. */
  Peer heard(long instance, long nowNanos) {
    Peer peer = byInstance.get(instance);
    if (peer == null) {
      peer = new Peer(instance, nowNanos);
      byInstance.put(instance, peer);
      peer.doubt(longBefore);
      say(peer);
    }
    peer.heard(nowNanos);
    if (peer.isSilent()) {
      peer.silent(false);
      lose(peer);
    } else if (peer.isQuiet() && peer.isComplete()) {
      trust(peer);
    }
    peer.quiet(false);
    return peer;
  }

  void onMark(Mark mark, long position, long nowNanos) {
    heard(mark.instance(), nowNanos).addMark(mark, position);
  }

  /** Messages may have been lost: the listener's connection is a new one. */
  void onListening() {
    for (Peer peer : byInstance.values()) {
      lose(peer);
    }
  }

  private void lose(Peer peer) {
    peer.lose();
    doubt(peer);
  }

  private void doubt(Peer peer) {
    peer.doubted();
    say(peer);
  }

  private void trust(Peer peer) {
    peer.doubt(null);
    say(peer);
  }

  /** Tells the mailboxes what may be unknown of an instance. */
  private void say(Peer peer) {
    Mark since = peer.doubt();
    changes.add(new PeerChange.Doubt(peer.instance(), since == null ? null : place(since)));
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
        apply(peer, entry, nowNanos);
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
      List<Entry> all = peer.addPart(part, isFirst, isLast);
      if (all != null) {
        replace(peer, all, nowNanos);
        trust(peer);
      }
    }
  }

  private boolean follow(Peer peer, long sequence) {
    boolean wasComplete = peer.isComplete();
    boolean isNews = peer.follow(sequence);
    if (wasComplete && !peer.isComplete()) {
      doubt(peer);
    }
    return isNews;
  }

  private void replace(Peer peer, List<Entry> all, long nowNanos) {
    Set<Long> named = new HashSet<>();
    for (Entry entry : all) {
      if (entry instanceof Entry.Put put && put.instance() == peer.instance()) {
        named.add(put.number());
      }
    }
    for (Long number : List.copyOf(peer.connections().keySet())) {
      if (!named.contains(number)) {
        forget(peer, number);
      }
    }
    for (Entry entry : all) {
      if (entry instanceof Entry.Knows knows) {
        ask(peer, knows, nowNanos);
      } else {
        apply(peer, entry, nowNanos);
      }
    }
  }

  private void apply(Peer sender, Entry entry, long nowNanos) {
    if (entry instanceof Entry.Live live) {
      // While something is unknown, one that lags may be taken for healthy.
      if (sender.isComplete()) {
        sender.live(live.mark());
        changes.add(new PeerChange.Live(sender.instance(), place(live.mark())));
      }
    } else if (entry instanceof Entry.Put put) {
      apply(sender, put, nowNanos);
    } else if (entry instanceof Entry.Moved moved) {
      Peer.Connection before = sender.connections().get(moved.number());
      if (before != null) {
        set(
            sender,
            moved.number(),
            new Peer.Connection(
                before.userId(),
                before.device(),
                moved.state(),
                moved.mark(),
                before(moved.agoMillis(), nowNanos)));
      }
    } else if (entry instanceof Entry.Retired retired) {
      Peer whose = byInstance.get(retired.instance());
      if (whose != null) {
        forgetEnded(whose, retired.number());
      }
    } else if (entry instanceof Entry.Knows knows) {
      Peer told = byInstance.get(knows.instance());
      if (told != null) {
        told.untold(false);
      }
    }
  }

  /** One that is heard speaks for itself; what the sender knows of any other is asked for. */
  private void ask(Peer sender, Entry.Knows knows, long nowNanos) {
    long lastHeardNanos = before(knows.agoMillis(), nowNanos);
    if (knows.instance() != self
        && !byInstance.containsKey(knows.instance())
        && nowNanos - lastHeardNanos <= retentionNanos) {
      Peer gone = new Peer(knows.instance(), lastHeardNanos);
      gone.silent(true);
      gone.untold(true);
      gone.doubt(knows.doubt());
      say(gone);
      byInstance.put(knows.instance(), gone);
      questions.add(new Question(sender.instance(), knows.instance()));
    }
  }

  /** Of a third instance only what is gone is taken: one that is heard speaks for itself. */
  private void apply(Peer sender, Entry.Put put, long nowNanos) {
    Peer whose = byInstance.get(put.instance());
    if (whose == null) {
      return;
    }
    if (whose == sender) {
      set(whose, put.number(), connection(put, put.state(), nowNanos));
    } else if (whose.isSilent() && !whose.connections().containsKey(put.number())) {
      set(whose, put.number(), connection(put, State.ENDED, nowNanos));
    }
  }

  private static Peer.Connection connection(Entry.Put put, State state, long nowNanos) {
    return new Peer.Connection(
        put.userId(), put.device(), state, put.mark(), before(put.agoMillis(), nowNanos));
  }

  private static long agoMillis(long nanos, long nowNanos) {
    return Math.max(0, TimeUnit.NANOSECONDS.toMillis(nowNanos - nanos));
  }

  private static long before(long agoMillis, long nowNanos) {
    return nowNanos - TimeUnit.MILLISECONDS.toNanos(agoMillis);
  }

  private void set(Peer peer, long number, Peer.Connection connection) {
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

  /** A connection of this instance has retired the position of another instance's. */
  void onRetiredHere(long instance, long number) {
    Peer peer = byInstance.get(instance);
    if (peer != null) {
      peer.connections().remove(number);
    }
  }

  private void forgetEnded(Peer peer, long number) {
    Peer.Connection ended = peer.connections().get(number);
    if (ended != null && !ended.isOpen()) {
      forget(peer, number);
    }
  }

  private void forget(Peer peer, long number) {
    Peer.Connection gone = peer.connections().remove(number);
    if (gone != null) {
      changes.add(new PeerChange.Gone(peer.instance(), number, gone.userId()));
    }
  }

  private CommitPlace place(Mark mark) {
    Peer whose = byInstance.get(mark.instance());
    long position = whose == null ? CommitPlace.BEFORE_THE_LOG : whose.position(mark.number());
    return new CommitPlace(position, mark.clockMicros(), mark.xmin(), mark.cluster());
  }

  // ---- Time ----

  /** Those who are to be asked for a snapshot now. */
  List<Long> toAsk(long nowNanos) {
    List<Long> asked = new ArrayList<>();
    for (Peer peer : byInstance.values()) {
      if (peer.mayAsk(nowNanos, ASK_INTERVAL_NANOS)) {
        asked.add(peer.instance());
      }
    }
    return asked;
  }

  /** Notices who has fallen silent, and forgets what is too old. */
  void onTime(long nowNanos) {
    for (Iterator<Peer> each = byInstance.values().iterator(); each.hasNext(); ) {
      Peer peer = each.next();
      long silentNanos = nowNanos - peer.lastHeardNanos();
      if (!peer.isSilent() && !peer.isQuiet() && silentNanos > QUIET_NANOS) {
        peer.quiet(true);
        doubt(peer);
      }
      if (!peer.isSilent() && silentNanos > SILENCE_NANOS) {
        fallSilent(peer);
      }
      expire(peer, nowNanos);
      if (peer.isSilent() && silentNanos > retentionNanos) {
        trust(peer);
        each.remove();
      }
    }
  }

  private void fallSilent(Peer peer) {
    peer.silent(true);
    for (Map.Entry<Long, Peer.Connection> each : List.copyOf(peer.connections().entrySet())) {
      Peer.Connection open = each.getValue();
      Mark mark = peer.confirmed(open);
      if (open.isOpen() && mark != null) {
        set(
            peer,
            each.getKey(),
            new Peer.Connection(
                open.userId(), open.device(), State.ENDED, mark, peer.lastHeardNanos()));
      }
    }
  }

  private void expire(Peer peer, long nowNanos) {
    peer.connections()
        .values()
        .removeIf(
            connection ->
                !connection.isOpen() && nowNanos - connection.endedAtNanos() > retentionNanos);
  }

  /** The other instances of which something is known, for a snapshot. */
  List<Entry> known(long nowNanos) {
    List<Entry> known = new ArrayList<>();
    byInstance
        .values()
        .forEach(
            peer ->
                known.add(
                    new Entry.Knows(
                        peer.instance(),
                        doubtOfThird(peer),
                        agoMillis(peer.lastHeardNanos(), nowNanos))));
    return known;
  }

  /** What is known of an instance, for one that has never heard it. */
  List<Entry> positionsOf(long instance, long nowNanos) {
    List<Entry> positions = new ArrayList<>();
    Peer peer = byInstance.get(instance);
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
                          agoMillis(endedAtNanos, nowNanos)));
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

  /** An instance that is asked for what it knows of another. */
  record Question(long asked, long about) {}

  /** What is to be asked. */
  List<Question> takeQuestions() {
    List<Question> taken = questions;
    questions = new ArrayList<>();
    return taken;
  }

  /** What the mailboxes are to be told. */
  List<PeerChange> takeChanges() {
    List<PeerChange> taken = changes;
    changes = new ArrayList<>();
    return taken;
  }
}
