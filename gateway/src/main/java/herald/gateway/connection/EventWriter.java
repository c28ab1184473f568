package herald.gateway.connection;

import herald.gateway.fanout.Cursor;
import herald.gateway.fanout.CursorOwner;
import herald.gateway.fanout.Gap;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayRequest;
import herald.gateway.fanout.Subscriber;
import herald.gateway.metrics.ConnectionMeters.Eviction;
import herald.gateway.supervision.Place;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

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
  private final LoopContext loop;
  private final ConnectionLifecycle connection;
  private final Cursor cursor;
  private Pings pings;
  private SocketWriter socket;

  /** Null until there is a large event. */
  private @Nullable LargeEvents largeEvents;

  /** Null until it is needed. */
  private @Nullable LaterWrite laterWrite;

  /** What the database has been asked for; null while it is not awaited. */
  private @Nullable AwaitedReplay awaited;

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
    pings.stop();
    socket.stop();
    if (largeEvents != null) {
      largeEvents.stop();
    }
    if (awaited != null) {
      awaited.cancel();
      awaited = null;
    }
    cursor.past().stop();
  }

  /** There may be something to write; the first time, the cursor has just been given its place. */
  @Override
  public void onWake(long nowNanos) {
    ReplayRequest request = cursor.past().takeReplayRequest();
    if (request != null) {
      awaited = AwaitedReplay.request(connection, request, this::onReplay);
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
        + pings.prefetch()
        + socket.prefetch();
  }

  private void onReplay(Replay replay) {
    awaited = null;
    if (connection.state().writesEvents()) {
      cursor.replayed(replay);
      if (replay.gap() != null) {
        EventBatches.writeGap(loop, cursor, socket, replay.gap());
      }
      writeAvailable(loop.nowNanos());
    } else {
      replay.release();
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
    if (largeEvents != null && largeEvents.isCutOff(cursor)) {
      // Its event has left the log, and what has been written of the frame can't be taken back.
      connection.closeSlow(Eviction.LEFT_THE_LOG);
      return;
    }
    Gap gap = cursor.past().takeGap();
    if (gap != null) {
      EventBatches.writeGap(loop, cursor, socket, gap);
    }
    if (EventBatches.write(loop, this, cursor, socket, pings, nowNanos) > 0) {
      pings.updateUnconfirmed(cursor);
    }
    onWritabilityChanged(nowNanos);
  }

  /** What writes large events. */
  LargeEvents largeEvents() {
    LargeEvents events = largeEvents;
    if (events == null) {
      events = new LargeEvents(socket, loop.largeTexts(), cursor.receiverHashId());
      largeEvents = events;
    }
    return events;
  }

  /** Has the writing go on later. */
  LaterWrite later() {
    LaterWrite later = laterWrite;
    if (later == null) {
      later = new LaterWrite(connection);
      laterWrite = later;
    }
    return later;
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
    pings.updateUnconfirmed(cursor);
    return true;
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

  /** When the next ping is due, or it has to be looked whether the client takes anything. */
  long dueNanos() {
    SendProgress progress = socket.isStalled() ? socket.progress() : null;
    return progress == null
        ? pings.nextNanos()
        : Math.min(pings.nextNanos(), progress.nextUpdateNanos());
  }

  /** The process stood still for so long: what ran out meanwhile is given again. */
  void onStandstill(long stoodNanos) {
    socket.onStandstill(stoodNanos);
    pings.onStandstill(stoodNanos);
  }

  /** Whether all events that there are for the client have been written. */
  boolean isCaughtUp() {
    return cursor.hasStarted() && !cursor.past().awaitsReplay() && cursor.peek() == null;
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

  /** The connection that is written to. */
  ConnectionLifecycle connection() {
    return connection;
  }

  /** What the client has been sent and has confirmed. */
  Cursor cursor() {
    return cursor;
  }
}
