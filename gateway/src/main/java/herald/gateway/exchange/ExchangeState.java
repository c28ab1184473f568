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
 *
 * <p>A message is a text of words: its kind, the instance that sends it in hexadecimal digits, and
 * what the kind says. A hello names the instance that is asked for a snapshot, 0 for all; a
 * question names the instance that is asked, and the one about whose positions it is asked. The
 * others have the number of the message and a body of {@link EntryCodec}.
 */
final class ExchangeState {
  private static final String HELLO = "h";
  private static final String CHANGES = "c";
  private static final String SNAPSHOT = "s";
  private static final String QUESTION = "q";
  private static final String LEFT = "l";
  private static final int HEX = 16;

  /** Of a snapshot's parts: whether it is the first, the last, both or neither. */
  private static final String[] PARTS = {"m", "f", "e", "a"};

  private static final int FIRST = 1;
  private static final int LAST = 2;
  private static final int MAX_MESSAGE_CHARS = 8_000;

  /** While more messages wait to be sent, nobody is asked for anything. */
  static final int MAX_BEFORE_ASKING = 10_000;

  /** 0 in a hello. */
  private static final long ALL = 0;

  private final long self;
  private final OwnMarks marks;
  private final OwnPositions own;
  private final Peers peers;
  private final Deque<String> messages = new ArrayDeque<>();
  private final List<PeerChange> changes = new ArrayList<>();
  private long sequence;

  /** The instances about which this one has been asked; answered when nothing else waits. */
  private final Set<Long> questions = new LinkedHashSet<>();

  private boolean isSnapshotWanted;

  /** Messages of a snapshot that wait to be sent: whoever wants one meanwhile gets the next. */
  private int snapshotMessages;

  private boolean hasHeardItself;

  ExchangeState(Mark begin, ExchangeTimes times, int maxRemembered) {
    self = begin.instance();
    marks = new OwnMarks(times.retentionNanos(), begin);
    own = new OwnPositions(self, marks, times, maxRemembered);
    peers = new Peers(begin, times);
  }

  // ---- What happens here ----

  /** The listener listens on a new connection: what was said meanwhile has not been heard. */
  void onListening() {
    hasHeardItself = false;
    peers.onListening();
    messages.add(String.join(" ", HELLO, hex(self), hex(ALL)));
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
  void onMessage(String message, long nowNanos) {
    if (message.length() > MAX_MESSAGE_CHARS) {
      throw new IllegalArgumentException("a message of " + message.length() + " characters");
    }
    String[] words = message.split(" ", -1);
    long instance = Long.parseUnsignedLong(words[1], HEX);
    if (instance == self) {
      hasHeardItself = true;
      return;
    }
    switch (words[0]) {
      case HELLO -> onHello(instance, Long.parseUnsignedLong(words[2], HEX), nowNanos);
      case CHANGES -> {
        List<Entry> entries = EntryCodec.decode(words[3]);
        peers.onChanges(instance, Long.parseLong(words[2]), entries, nowNanos);
        entries.forEach(this::retireOwn);
      }
      case SNAPSHOT -> {
        int part = List.of(PARTS).indexOf(words[3]);
        peers.onSnapshot(
            instance,
            Long.parseLong(words[2]),
            EntryCodec.decode(words[4]),
            (part & FIRST) != 0,
            (part & LAST) != 0,
            nowNanos);
      }
      case QUESTION -> {
        peers.heard(instance, nowNanos);
        if (Long.parseUnsignedLong(words[2], HEX) == self
            && questions.size() < PeerTable.MAX_INSTANCES) {
          questions.add(Long.parseUnsignedLong(words[3], HEX));
        }
      }
      case LEFT -> peers.onLeft(instance, Long.parseLong(words[2]), nowNanos);
      default -> throw new IllegalArgumentException("a message of kind " + words[0]);
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

  /** Whether an instance waits for the answer before it is ready. Any thread. */
  static boolean isUrgent(String message) {
    return message.startsWith(HELLO) || message.startsWith(QUESTION);
  }

  private void onHello(long instance, long target, long nowNanos) {
    peers.heard(instance, nowNanos);
    if (target == ALL || target == self) {
      isSnapshotWanted = true;
    }
  }

  // ---- Time ----

  void onTime(long nowNanos) {
    peers.onTime(nowNanos);
    if (messages.size() < MAX_BEFORE_ASKING) {
      for (long instance : peers.toAsk(nowNanos)) {
        messages.add(String.join(" ", HELLO, hex(self), hex(instance)));
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
      messages.add(
          String.join(" ", QUESTION, hex(self), hex(question.asked()), hex(question.about())));
    }
    List<Entry> entries = own.takeEntries();
    if (messages.isEmpty()) {
      questions.forEach(
          instance -> entries.addAll(peers.thirdParties().positionsOf(instance, nowNanos)));
      questions.clear();
    }
    if (!entries.isEmpty() && !peers.isAlone()) {
      for (String body : EntryCodec.encode(entries)) {
        messages.add(String.join(" ", CHANGES, hex(self), number(), body));
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
      String message = messages.remove();
      snapshotMessages -= message.startsWith(SNAPSHOT) ? 1 : 0;
      taken.add(message);
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
      int part = (i == 0 ? FIRST : 0) | (i == bodies.size() - 1 ? LAST : 0);
      messages.add(String.join(" ", SNAPSHOT, hex(self), number(), PARTS[part], bodies.get(i)));
    }
  }

  /** The last message: all connections have ended, and nothing more will be said. */
  String leave() {
    return String.join(" ", LEFT, hex(self), number());
  }

  private String number() {
    return Long.toString(++sequence);
  }

  private static String hex(long instance) {
    return Long.toUnsignedString(instance, HEX);
  }

  /** What the mailboxes are to be told. */
  List<PeerChange> takeChanges() {
    changes.addAll(peers.takeChanges());
    List<PeerChange> taken = List.copyOf(changes);
    changes.clear();
    return taken;
  }
}
