package herald.gateway.exchange;

import herald.gateway.fanout.PeerChange;
import herald.gateway.fanout.PositionChange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The exchange without its thread and its database: takes what has happened here and what has been
 * heard, and gives what is to be sent and what the mailboxes are to be told. Exchange's thread.
 */
final class ExchangeState {
  /** While more messages wait to be sent, nobody is asked for anything. */
  static final int MAX_BEFORE_ASKING = 10_000;

  private final long self;
  private final OwnMarks marks;
  private final OwnPositions own;
  private final Peers peers;
  private final Deque<ExchangeMessage> messages = new ArrayDeque<>();
  private final List<PeerChange> changes = new ArrayList<>();
  private long sequence;

  /** The instances about which this one has been asked; answered when nothing else waits. */
  private final Set<Long> questions = new LinkedHashSet<>();

  private boolean isSnapshotWanted;

  /** Messages of a snapshot that wait to be sent: whoever wants one meanwhile gets the next. */
  private int snapshotMessages;

  private boolean hasHeardItself;

  /** Between two times that the others are told of a mark of the stream. */
  private final long markIntervalNanos;

  private long nextMarkNanos = Long.MIN_VALUE;

  ExchangeState(Mark begin, ExchangeTimes times, int maxRemembered) {
    self = begin.instance();
    markIntervalNanos = times.markIntervalNanos();
    marks = new OwnMarks(times.retentionNanos(), begin);
    own = new OwnPositions(self, marks, times, maxRemembered);
    peers = new Peers(begin, times);
  }

  // ---- What happens here ----

  /** The listener listens on a new connection: what was said meanwhile has not been heard. */
  void onListening() {
    hasHeardItself = false;
    peers.onListening();
    messages.add(new ExchangeMessage.Hello(self, ExchangeMessage.Hello.ALL));
  }

  void onChange(PositionChange change, long nowNanos) {
    own.onChange(change, nowNanos);
    if (change instanceof PositionChange.Retired retired) {
      peers.onRetiredHere(retired.instance(), retired.number());
    }
  }

  /** A mark of this instance has been handled. */
  void onHandled(Mark mark, long position, long nowNanos) {
    marks.add(mark, position, nowNanos);
    sayMark(nowNanos);
  }

  /** A mark has been handled that is in the stream, and so at the same place for all. */
  void onStreamMark(Mark mark, long position, long nowNanos) {
    peers.onStreamMark(mark, position);
    marks.add(mark, position, nowNanos);
    if (nextMarkNanos == Long.MIN_VALUE || nowNanos - nextMarkNanos >= 0) {
      nextMarkNanos = nowNanos + markIntervalNanos;
      sayMark(nowNanos);
    }
  }

  private void sayMark(long nowNanos) {
    if (peers.isAlone()) {
      // Nobody asks; whoever comes gets a snapshot, and for that they are looked at.
      own.expire(nowNanos);
    } else {
      own.onMark(nowNanos);
    }
  }

  // ---- What is heard ----

  /**
   * Another instance's mark has been heard.
   *
   * @param position nothing that is below it in this instance's log was committed after the mark
   */
  void onPeerMark(Mark mark, long position, long nowNanos) {
    if (mark.instance() != self) {
      peers.onMark(mark, position, nowNanos);
    }
  }

  /**
   * Takes a message.
   *
   * @throws IllegalArgumentException or IndexOutOfBoundsException for a text that is none
   */
  void onMessage(String text, long nowNanos) {
    ExchangeMessage message = ExchangeMessage.parse(text);
    long instance = message.sender();
    if (instance == self) {
      hasHeardItself = true;
    } else if (message instanceof ExchangeMessage.Hello hello) {
      onHello(hello, nowNanos);
    } else if (message instanceof ExchangeMessage.Changes said) {
      List<Entry> entries = EntryCodec.decode(said.body());
      peers.onChanges(instance, said.number(), entries, nowNanos);
      entries.forEach(this::retireOwn);
    } else if (message instanceof ExchangeMessage.Snapshot part) {
      peers.onSnapshot(
          instance,
          part.number(),
          EntryCodec.decode(part.body()),
          part.isFirst(),
          part.isLast(),
          nowNanos);
    } else if (message instanceof ExchangeMessage.Question question) {
      peers.heard(instance, nowNanos);
      if (question.asked() == self && questions.size() < PeerTable.MAX_INSTANCES) {
        questions.add(question.about());
      }
    } else if (message instanceof ExchangeMessage.Left left) {
      peers.onLeft(instance, left.number(), nowNanos);
    }
  }

  /** A position of this instance may have been retired by another. */
  private void retireOwn(Entry entry) {
    if (entry instanceof Entry.Retired retired && retired.instance() == self) {
      Integer userId = own.onRetired(retired.number());
      if (userId != null) {
        changes.add(new PeerChange.Gone(0, retired.number(), userId));
      }
    }
  }

  private void onHello(ExchangeMessage.Hello hello, long nowNanos) {
    peers.heard(hello.sender(), nowNanos);
    if (hello.isFor(self)) {
      isSnapshotWanted = true;
    }
  }

  // ---- Time ----

  void onTime(long nowNanos) {
    peers.onTime(nowNanos);
    if (messages.size() < MAX_BEFORE_ASKING) {
      for (long instance : peers.toAsk(nowNanos)) {
        messages.add(new ExchangeMessage.Hello(self, instance));
      }
    }
  }

  /** Whether all that the others know is known here, as far as can be told. */
  boolean isComplete() {
    return hasHeardItself && peers.areComplete();
  }

  /** Whether no other instance is heard. */
  boolean isAlone() {
    return peers.isAlone();
  }

  /** Instances that are heard, without this one. */
  int instances() {
    return peers.size();
  }

  /** Messages that wait to be taken. */
  int waitingMessages() {
    return messages.size();
  }

  /** Connections and positions of other instances that are known. */
  int peerPositions() {
    return peers.positions();
  }

  // ---- What follows ----

  /** The messages that are to be sent next, at most {@code max}. */
  List<String> takeMessages(int max, long nowNanos) {
    for (ThirdParties.Question question : peers.thirdParties().takeQuestions()) {
      messages.add(new ExchangeMessage.Question(self, question.asked(), question.about()));
    }
    List<Entry> entries = own.takeEntries();
    if (messages.isEmpty()) {
      questions.forEach(
          instance -> entries.addAll(peers.thirdParties().positionsOf(instance, nowNanos)));
      questions.clear();
    }
    if (!entries.isEmpty() && !peers.isAlone()) {
      for (String body : EntryCodec.encode(entries)) {
        messages.add(new ExchangeMessage.Changes(self, ++sequence, body));
      }
    } else if (!entries.isEmpty()) {
      // Whoever hears of this instance again notices that something was not said.
      sequence++;
    }
    if (isSnapshotWanted && snapshotMessages == 0) {
      isSnapshotWanted = false;
      addSnapshot(nowNanos);
    }
    List<String> taken = new ArrayList<>();
    while (taken.size() < max && !messages.isEmpty()) {
      ExchangeMessage message = messages.remove();
      snapshotMessages -= message instanceof ExchangeMessage.Snapshot ? 1 : 0;
      taken.add(message.text());
    }
    return taken;
  }

  private void addSnapshot(long nowNanos) {
    own.onMark(nowNanos);
    List<Entry> all = own.snapshot(nowNanos);
    all.addAll(peers.thirdParties().known(nowNanos));
    List<String> bodies = EntryCodec.encode(all);
    snapshotMessages = bodies.size();
    for (int i = 0; i < bodies.size(); i++) {
      messages.add(
          new ExchangeMessage.Snapshot(
              self, ++sequence, i == 0, i == bodies.size() - 1, bodies.get(i)));
    }
  }

  /** The last message: all connections have ended, and nothing more will be said. */
  String leave() {
    return new ExchangeMessage.Left(self, ++sequence).text();
  }

  /** What the mailboxes are to be told. */
  List<PeerChange> takeChanges() {
    changes.addAll(peers.takeChanges());
    List<PeerChange> taken = List.copyOf(changes);
    changes.clear();
    return taken;
  }
}
