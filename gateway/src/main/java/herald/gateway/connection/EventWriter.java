package herald.gateway.connection;

import herald.gateway.fanout.Cursor;
import herald.gateway.fanout.CursorOwner;
import herald.gateway.fanout.Gap;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayOrigin;
import herald.gateway.fanout.ReplayRequest;
import herald.gateway.fanout.Subscriber;
import herald.gateway.metrics.ConnectionMeters.Eviction;
import herald.gateway.supervision.Place;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events to one client for as long as its socket takes bytes, a ping behind them, and knows
 * how far behind the client is.
 *
 * <p>There is no queue. The events that concern the user stand in its mailbox, and the {@link
 * Cursor} says how many of them have been written: while the socket takes bytes the writer goes on,
 * when it does not the writer waits, and when it does again the writer continues where it stopped.
 * Each ping notes the cursor's position, so that its pong is the client's confirmation that it has
 * read everything before.
 *
 * <p>Event loop, the only thread that reads or writes a field.
 */
final class EventWriter implements CursorOwner {
  private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);

  private static final long MEMORY_RETRY_MILLIS = 1_000;

  private final LoopContext loop;
  private final ConnectionLifecycle connection;
  private final Cursor cursor;
  private Pings pings;
  private SocketWriter socket;

  /** The number of unconfirmed events that the loop's statistics have been told last. */
  private long unconfirmed;

  /** The large event that is written in pieces; null while there is none. */
  private @Nullable LargeFrame largeFrame;

  /** Whether it has been arranged that the writing goes on. */
  private boolean goesOn;

  /** What the database has been asked for; null while it is not awaited. */
  private @Nullable CompletableFuture<Replay> awaited;

  @SuppressWarnings({
    "NullAway.Init", // pings and socket are set by attach, before anything else is called
    "this-escape" // the cursor calls back only after start
  })
  EventWriter(ConnectionLifecycle connection, Executor eventLoop, Subscriber subscriber) {
    this.connection = connection;
    loop = connection.loop;
    cursor = new Cursor(subscriber, eventLoop, this);
  }

  /** Connects the writer to the socket. */
  void attach(ChannelHandlerContext ctx, long nowNanos) {
    socket = new SocketWriter(loop.buffer(), ctx, loop.directWrites());
    pings = new Pings(loop.settings(), loop.meters().connections(), loop.statistics(), nowNanos);
  }

  /** The way into the client's socket. */
  SocketWriter socket() {
    return socket;
  }

  /** Has the dispatcher give the cursor its place; {@link #onWake} follows. */
  void start() {
    loop.dispatcher().open(cursor);
  }

  /**
   * The connection has ended: the dispatcher forgets the cursor, and nothing is counted any more.
   */
  void stop() {
    loop.failures().run(Place.CHANGE, () -> loop.dispatcher().close(cursor));
    loop.statistics().socketResumed(this);
    loop.statistics().unconfirmed(unconfirmed, 0);
    unconfirmed = 0;
    socket.stop();
    if (largeFrame != null) {
      largeFrame.end();
    }
    CompletableFuture<Replay> unwanted = awaited;
    awaited = null;
    if (unwanted != null) {
      unwanted.cancel(false);
    }
  }

  /** There may be something to write; the first time, the cursor has just been given its place. */
  @Override
  public void onWake(long nowNanos) {
    ReplayRequest request = cursor.takeReplayRequest();
    if (request != null) {
      requestReplay(request);
    }
    writeAvailable(nowNanos);
  }

  @Override
  public void onFailure() {
    connection.onFailure();
  }

  @Override
  public int prefetch() {
    return connection.slot
        + (connection.state().writesEvents() ? 1 : 0)
        + (int) (unconfirmed + pings.nextNanos())
        + socket.prefetch();
  }

  private void requestReplay(ReplayRequest request) {
    CompletableFuture<Replay> answer = loop.replays().replay(request);
    awaited = answer;
    var unused =
        answer.whenComplete(
            (replay, failure) ->
                connection
                    .ctx()
                    .executor()
                    .execute(
                        () ->
                            loop.failures()
                                .run(
                                    Place.REPLAY,
                                    connection,
                                    failed -> onReplay(replay, failure))));
  }

  private void onReplay(@Nullable Replay replay, @Nullable Throwable failure) {
    if (awaited == null) {
      // The connection has ended meanwhile.
      return;
    }
    awaited = null;
    if (replay == null) {
      // Without an answer nothing would ever be written. The connection ends, and the client that
      // comes back has the database asked again.
      throw new CompletionException(failure);
    }
    if (connection.state().writesEvents()) {
      cursor.replayed(replay);
      if (replay.gap() != null) {
        writeGap(replay.gap());
      }
      writeAvailable(loop.nowNanos());
    }
  }

  /** Writes what the cursor has, for as long as the socket takes it. */
  void writeAvailable(long nowNanos) {
    if (connection.state().writesEvents()) {
      writeEvents(nowNanos);
      connection.onWritten();
    }
  }

  private void writeEvents(long nowNanos) {
    if (largeFrame != null && !largeFrame.isOf(cursor.peek())) {
      // Its event has left the log, and what has been written of the frame can't be taken back.
      connection.closeSlow(Eviction.LEFT_THE_LOG);
      return;
    }
    Gap gap = cursor.takeGap();
    if (gap != null) {
      writeGap(gap);
    }
    if (EventBatches.write(loop, this, cursor, socket, pings, nowNanos) > 0) {
      updateUnconfirmed();
    }
    onWritabilityChanged(nowNanos);
  }

  /** The frame of a large event, of which nothing or some has been written. */
  LargeFrame largeFrame(EncodedEvent event) {
    LargeFrame frame = largeFrame;
    if (frame == null) {
      frame = new LargeFrame(event, cursor.receiverHashId(), loop.largeTexts());
      largeFrame = frame;
      socket.setInFrame(true);
    }
    return frame;
  }

  /** All of the large event has been written. */
  void endLargeFrame() {
    if (largeFrame != null) {
      largeFrame.end();
      largeFrame = null;
      socket.setInFrame(false);
    }
  }

  /** Has the writing go on when the loop has done what others wait for. */
  void continueAfterOthers() {
    continueIn(0);
  }

  /** There was no memory for what comes next. It is tried again: what others hold comes free. */
  void continueWithMemory() {
    continueIn(MEMORY_RETRY_MILLIS);
  }

  private void continueIn(long millis) {
    if (!goesOn) {
      goesOn = true;
      var unused =
          connection
              .ctx()
              .executor()
              .schedule(
                  () -> loop.failures().run(Place.WAKE, connection, failed -> goOn()),
                  millis,
                  TimeUnit.MILLISECONDS);
    }
  }

  private void goOn() {
    goesOn = false;
    writeAvailable(loop.nowNanos());
  }

  private void writeGap(Gap gap) {
    LOG.atInfo()
        .addKeyValue("user", new String(userHashId(), StandardCharsets.US_ASCII))
        .addKeyValue("source", AccessLog.label(gap.source()))
        .log("a client may have missed events between {} and {}", gap.from(), gap.to());
    EncodedEvent event = EventEncoder.gap(gap.from(), gap.to());
    ByteBuf buffer = socket.allocate(Frames.eventBytes(event, cursor.receiverHashId()));
    Frames.writeEvent(event, cursor.receiverHashId(), buffer);
    socket.send(buffer);
    loop.meters().connections().gapSaid(gap.source());
  }

  void writePingIfDue(long nowNanos) {
    if (nowNanos - pings.nextNanos() >= 0 && !socket.isInFrame()) {
      writePing(nowNanos);
    }
  }

  /** Writes a ping that follows no event. */
  void writePing(long nowNanos) {
    ByteBuf buffer = socket.allocate(Frames.PING_BYTES);
    pings.write(cursor, buffer, nowNanos);
    socket.send(buffer);
    socket.flush();
  }

  /** Takes a pong; whether it answers a ping of this connection. */
  boolean onPong(ByteBuf payload, long nowNanos) {
    Pings.Sent answered = pings.onPong(payload, nowNanos);
    if (answered == null) {
      return false;
    }
    if (cursor.acknowledge(answered.position(), answered.sent())) {
      loop.dispatcher().retire(cursor);
    }
    updateUnconfirmed();
    return true;
  }

  private void updateUnconfirmed() {
    long now = unconfirmed();
    loop.statistics().unconfirmed(unconfirmed, now);
    unconfirmed = now;
  }

  /** The socket may have begun, or ceased, to take bytes. */
  void onWritabilityChanged(long nowNanos) {
    if (socket.updateStalled(nowNanos)) {
      if (socket.isStalled()) {
        loop.statistics().socketStalled(this);
      } else {
        loop.statistics().socketResumed(this);
      }
    }
  }

  /**
   * Why the client is too slow; null if it is not. A client that takes something within each write
   * deadline is only slow.
   */
  @Nullable Eviction tooSlow(long nowNanos) {
    if (!socket.isStalled()) {
      return null;
    }
    SendProgress progress = socket.updateProgress(nowNanos);
    if (progress.idleNanos(nowNanos) >= writeDeadlineNanos()) {
      return Eviction.WRITE_DEADLINE;
    }
    long longestMillis = loop.settings().slowClientTimeoutMillis();
    return longestMillis > 0
            && socket.stalledNanos(nowNanos) >= TimeUnit.MILLISECONDS.toNanos(longestMillis)
        ? Eviction.SLOW_CLIENT_TIMEOUT
        : null;
  }

  /** When the next ping is due, or it has to be looked whether the client takes anything. */
  long dueNanos() {
    SendProgress progress = socket.isStalled() ? socket.progress() : null;
    return progress == null
        ? pings.nextNanos()
        : Math.min(pings.nextNanos(), progress.nextUpdateNanos());
  }

  private long writeDeadlineNanos() {
    return TimeUnit.MILLISECONDS.toNanos(loop.settings().writeDeadlineMillis());
  }

  /** When the client last sent or took something, as far as is known. */
  long lastAliveNanos(long lastReadNanos) {
    SendProgress progress = socket.progress();
    return progress == null ? lastReadNanos : progress.laterOf(lastReadNanos);
  }

  /**
   * Whether a silent client could not answer yet, since it still takes what stands before a ping.
   */
  boolean isStillTaking(long nowNanos) {
    SendProgress progress = socket.updateProgress(nowNanos);
    return progress.hasUnsent() && progress.idleNanos(nowNanos) < writeDeadlineNanos();
  }

  /** The process stood still for so long: what ran out meanwhile is given again. */
  void onStandstill(long stoodNanos) {
    socket.onStandstill(stoodNanos);
    pings.onStandstill(stoodNanos);
  }

  /** Whether all events that there are for the client have been written. */
  boolean isCaughtUp() {
    return cursor.hasStarted() && !cursor.awaitsReplay() && cursor.peek() == null;
  }

  /** Whether an event that was not written yet has left the log. */
  boolean isLost() {
    return cursor.isLost();
  }

  /** Events that wait for the client. */
  long behind() {
    return cursor.behind();
  }

  /** Events that have been written and not been confirmed by the client. */
  long unconfirmed() {
    return cursor.unconfirmed();
  }

  /** Events that have been written in all. */
  long sentEvents() {
    return cursor.sent();
  }

  /** Bytes of the frames of these events. */
  long sentBytes() {
    return cursor.sentBytes();
  }

  /** The connection that is written to. */
  ConnectionLifecycle connection() {
    return connection;
  }

  /** Where the past events came from with which the connection began; null if there were none. */
  @Nullable ReplayOrigin replayOrigin() {
    return cursor.replayOrigin();
  }

  int userId() {
    return cursor.userId();
  }

  /** The user's hash id in ASCII; not to be modified. */
  byte[] userHashId() {
    return cursor.receiverHashId();
  }
}
