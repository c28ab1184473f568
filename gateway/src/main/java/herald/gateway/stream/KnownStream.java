package herald.gateway.stream;

import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.api.StreamState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/**
 * The stream as it was when it was opened last, and the place up to which it has been read. Finds
 * out whether a stream that is opened again still has what comes next. Written by the reader's
 * thread.
 */
final class KnownStream {
  /** Before the first message the place is a time. */
  private static final long FROM_TIME = 0;

  /** By how much the engine's clock may go back when it starts again. */
  private static final Duration CLOCK_SLACK = Duration.ofSeconds(5);

  /**
   * While a server makes a stream, it sets the time at which that was made twice: who asks in
   * between is told of another time than later. Streams that are made one after the other are
   * farther apart.
   */
  private static final Duration MADE_SLACK = Duration.ofMillis(500);

  /** The sequence of the first message that is read; {@link #FROM_TIME} if that is a time. */
  private final long first;

  private Instant from;

  /** The sequence of the next message; {@link #FROM_TIME} before the first. */
  private long next;

  /**
   * When the message before the next one was stored, which tells it from another one with the same
   * sequence; null if it has not been read.
   */
  private @Nullable Instant takenStoredAt;

  private volatile long readUntil;
  private volatile Instant coveredSince = Instant.MAX;
  private volatile @Nullable ZonedDateTime madeAt;

  /** When the last message was stored that was in the stream. */
  private volatile @Nullable ZonedDateTime lastStoredAt;

  private volatile @Nullable StreamConfiguration configuration;

  /**
   * @param from messages that were stored since then are read; or, if {@code next} is not 0, those
   *     from that sequence on
   */
  KnownStream(Instant from, long next) {
    this.from = from;
    this.next = next;
    first = next;
  }

  /**
   * What has happened to messages between two times that the stream was opened.
   *
   * @param reason in a sentence
   */
  record Loss(Kind kind, String reason) {
    /** Whether what was read still stands in the stream. */
    enum Kind {
      /** It does, and some messages behind it have left. */
      UNREAD,
      /** Its last messages do not, and others may stand in their place. */
      READ,
      /** It is another stream. */
      ALL
    }
  }

  /** Messages that were stored since then are read, if the next sequence is not known. */
  Instant from() {
    return from;
  }

  /** The sequence of the next message; 0 if the time counts. */
  long next() {
    return next;
  }

  /**
   * The sequence of the message to be asked for: the one that was read last, if there is one, which
   * shows whether it is still the same; 0 if the time counts.
   */
  long askFrom() {
    return takenStoredAt == null ? next : next - 1;
  }

  /** The sequence of the last message that was handed over; 0 before the first. Any thread. */
  long readUntil() {
    return readUntil;
  }

  /** All that was written since has been in the stream when it was opened last. Any thread. */
  Instant coveredSince() {
    return coveredSince;
  }

  /** How it was set up; null before it was opened. Any thread. */
  @Nullable StreamConfiguration configuration() {
    return configuration;
  }

  /** When it was made; null before it was opened. Any thread. */
  @Nullable Instant madeAt() {
    ZonedDateTime made = madeAt;
    return made == null ? null : made.toInstant();
  }

  /**
   * When the last message was stored that it had, also one that has left it since; null if that is
   * not known. Any thread.
   */
  @Nullable Instant lastStoredAt() {
    ZonedDateTime last = lastStoredAt;
    // The engine does not remember it of a stream that was empty when it was started.
    return last == null || last.toInstant().isBefore(Instant.EPOCH) ? null : last.toInstant();
  }

  /** Whether no message up to this one, the last of the stream, is to be read. */
  boolean readsNothingBefore(long end) {
    ZonedDateTime last = lastStoredAt;
    return next > end || (next == FROM_TIME && (last == null || last.toInstant().isBefore(from)));
  }

  /**
   * Why messages are missing between what has been read and what a stream has; null if none are.
   * The place is behind them then, or where the reading begins again. To be called before {@link
   * #onOpened}.
   */
  @Nullable Loss passOverMissing(StreamInfo info) {
    StreamState state = info.getStreamState();
    if (isAnother(info)) {
      goTo(state.getFirstSequence());
      return new Loss(Loss.Kind.ALL, "the stream was made anew");
    }
    if (next != FROM_TIME && state.getLastSequence() < next - 1) {
      beginAgain();
      return new Loss(Loss.Kind.READ, "the stream has lost its last messages");
    }
    if (next != FROM_TIME && state.getFirstSequence() > next) {
      long missing = state.getFirstSequence() - next;
      goTo(state.getFirstSequence());
      return new Loss(
          Loss.Kind.UNREAD, missing + " messages have left the stream before they were read");
    }
    return null;
  }

  private boolean isAnother(StreamInfo info) {
    ZonedDateTime made = madeAt;
    return made != null
        && Duration.between(made, info.getCreateTime()).abs().compareTo(MADE_SLACK) >= 0;
  }

  /**
   * Reads from the first message again, or from the time of the last one: whatever stands in the
   * place of messages that were lost was stored later than all that was read.
   */
  void beginAgain() {
    if (first != FROM_TIME) {
      goTo(first);
      return;
    }
    Instant taken = takenStoredAt;
    Instant last = taken == null ? lastStoredAt() : taken;
    if (last != null && from.isBefore(last.minus(CLOCK_SLACK))) {
      from = last.minus(CLOCK_SLACK);
    }
    next = FROM_TIME;
    readUntil = 0;
    takenStoredAt = null;
  }

  /** Whether a message is another one than that which was read last and had its sequence. */
  boolean isInPlaceOfTheLast(long sequence, Instant storedAt) {
    Instant taken = takenStoredAt;
    return taken != null && sequence == next - 1 && !taken.equals(storedAt);
  }

  /** The stream is read from now on. */
  void onOpened(StreamInfo info) {
    StreamState state = info.getStreamState();
    configuration = info.getConfiguration();
    madeAt = info.getCreateTime();
    lastStoredAt = state.getLastSequence() == 0 ? null : state.getLastTime();
    coveredSince = covered(info);
    if (next == FROM_TIME && readsNothingBefore(state.getLastSequence())) {
      goTo(state.getLastSequence() + 1);
    }
  }

  /** What is before the first message has left, if there ever was any. */
  private Instant covered(StreamInfo info) {
    StreamState state = info.getStreamState();
    if (state.getFirstSequence() <= 1) {
      return info.getCreateTime().toInstant();
    }
    if (state.getMsgCount() > 0) {
      return state.getFirstTime().toInstant();
    }
    // All have left, and the time of the first one says nothing.
    Instant last = lastStoredAt();
    return last == null ? Instant.now() : last;
  }

  /**
   * Whether this is the stream that was opened, with all that was said of it, and all that it has
   * has come.
   */
  boolean isAllOf(StreamInfo info) {
    ZonedDateTime made = madeAt;
    boolean isAnother = made != null && !made.equals(info.getCreateTime());
    return !isAnother && info.getStreamState().getLastSequence() == Math.max(readUntil, next - 1);
  }

  /** Whether a message has been read before. */
  boolean isBehind(long sequence) {
    return next != FROM_TIME && sequence < next;
  }

  /** How many messages are between the last one and this one. */
  long missingBefore(long sequence) {
    return next == FROM_TIME ? 0 : Math.max(0, sequence - next);
  }

  /** This message is being handed over. */
  void onTaken(long sequence, Instant storedAt) {
    next = sequence + 1;
    takenStoredAt = storedAt;
  }

  /** This message has been handed over. */
  void onRead(long sequence) {
    readUntil = sequence;
  }

  /** The next message is this one, whatever is before it. */
  void goTo(long sequence) {
    next = Math.max(1, sequence);
    readUntil = next - 1;
    takenStoredAt = null;
  }
}
