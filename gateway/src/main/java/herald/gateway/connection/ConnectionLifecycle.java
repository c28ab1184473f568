package herald.gateway.connection;

import herald.gateway.fanout.Subscriber;
import herald.gateway.metrics.ConnectionMeters.Eviction;
import herald.gateway.supervision.Place;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The state of a client's connection and the steps that lead to its end; {@link ClientConnection}
 * adds what the socket and the client do. It is a superclass rather than an object of its own
 * because every event that is written reads the state: one object less is in the way.
 *
 * <p>A connection ends in one of three ways: {@link #drain} first delivers what waits, {@link
 * #close} sends a close frame at once, {@link #abort} only closes the socket. Draining leads to
 * closing, and closing to the end of the socket, when the client does its part or when the deadline
 * comes.
 *
 * <p>Everything runs on the connection's event loop, the only thread that reads or writes a field.
 */
abstract class ConnectionLifecycle extends ConnectionHandler {
  private final EventWriter writer;
  private ChannelHandlerContext ctx;
  private ConnectionState state = ConnectionState.OPEN;

  /** Why the connection ends, for the counter; until something else is known it has vanished. */
  private CloseReason endReason = CloseReason.VANISHED;

  /** Whether the socket is being closed; the first reason for that counts. */
  private boolean aborted;

  /** The code of the close frame that was sent; 0 if none was. */
  private int endCode;

  /** The reason to close with when everything has been drained. */
  private CloseReason drainReason = CloseReason.DRAINED;

  /** When the present state is left at the latest; not used while the connection is open. */
  private long stateDeadlineNanos;

  @SuppressWarnings({
    "NullAway.Init", // ctx is set by handlerAdded, before anything else is called
    "this-escape" // the writer calls back only after handlerAdded
  })
  ConnectionLifecycle(LoopContext loop, Executor eventLoop, Subscriber subscriber) {
    super(loop);
    writer = new EventWriter(this, eventLoop, subscriber);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    super.handlerAdded(context);
    ctx = context;
  }

  final ChannelHandlerContext ctx() {
    return ctx;
  }

  final ConnectionState state() {
    return state;
  }

  /** What goes out to the client. */
  final EventWriter writer() {
    return writer;
  }

  /** The writer has written what there is, or as much as the socket takes. */
  final void onWritten() {
    if (writer.isLost()) {
      closeSlow(Eviction.LEFT_THE_LOG);
    } else if (state == ConnectionState.OPEN) {
      loop.wheel().schedule(this, writer.dueNanos());
    } else if (state == ConnectionState.DRAINING && writer.isCaughtUp()) {
      confirmThenClose();
    }
  }

  /** The client has confirmed something. */
  final void onConfirmed() {
    if (state == ConnectionState.CONFIRMING && writer.unconfirmed() == 0) {
      close(drainReason);
    }
  }

  final long stateDeadlineNanos() {
    return stateDeadlineNanos;
  }

  @Override
  void onStandstill(long stoodNanos, long nowNanos) {
    // The state may have begun after the standstill, before this was noticed.
    long latestNanos =
        nowNanos
            + (state == ConnectionState.CLOSING
                ? closeTimeoutNanos()
                : loop.closePolicy().confirmNanos());
    long extendedNanos = stateDeadlineNanos + stoodNanos;
    stateDeadlineNanos = extendedNanos - latestNanos > 0 ? latestNanos : extendedNanos;
  }

  /** The deadline of the present state may have come; the answer is that of {@link #onTime}. */
  final long onStateDeadline(long now) {
    if (now - stateDeadlineNanos < 0) {
      return stateDeadlineNanos;
    }
    if (state == ConnectionState.DRAINING) {
      loop.meters().connections().leftBehind();
    }
    if (state.writesFrames()) {
      close(drainReason);
      return stateDeadlineNanos;
    }
    abort(endReason);
    return Long.MAX_VALUE;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (state != ConnectionState.CLOSED && become(ConnectionState.CLOSED)) {
      loop.wheel().remove(this);
      loop.counts().ended(endReason);
      writer.stop();
      onEnded(endReason, endCode);
    }
  }

  /**
   * The connection has ended; called once.
   *
   * @param code of the close frame that was sent; 0 if none was
   */
  abstract void onEnded(CloseReason reason, int code);

  /**
   * Ends an open connection so that its client misses nothing: writes the events that wait, has the
   * client confirm them, and only then closes. Does nothing if the connection is ending already.
   *
   * @param confirmDeadlineNanos when it closes though the client has not confirmed
   */
  final void drain(CloseReason why, long confirmDeadlineNanos) {
    if (state == ConnectionState.OPEN && become(ConnectionState.DRAINING)) {
      drainReason = why;
      leaveStateBy(confirmDeadlineNanos);
      writer.writeAvailable(loop.nowNanos());
    }
  }

  private void confirmThenClose() {
    if (writer.unconfirmed() == 0) {
      close(drainReason);
    } else if (become(ConnectionState.CONFIRMING)) {
      writer.writePing(loop.nowNanos());
    }
  }

  /**
   * Ends the connection with a close frame. The client's answer to it, or the close timeout, ends
   * the socket. Does nothing if a close frame has been sent already.
   */
  final void close(CloseReason why) {
    close(why, why.code(), why.sentence());
  }

  /** The same with a code and a sentence that are not those of the reason. */
  final void close(CloseReason why, int code, String sentence) {
    if (state.writesFrames() && become(ConnectionState.CLOSING)) {
      endReason = why;
      endCode = writer.socket().isInFrame() ? 0 : code;
      leaveStateBy(loop.nowNanos() + closeTimeoutNanos());
      writer.socket().writeClose(code, sentence);
    }
  }

  private long closeTimeoutNanos() {
    return TimeUnit.MILLISECONDS.toNanos(loop.settings().closeTimeoutMillis());
  }

  /** Closes the connection of a client that is too slow, and counts why. */
  final void closeSlow(Eviction cause) {
    if (state.writesFrames()) {
      loop.meters().connections().evicted(cause);
      close(CloseReason.TOO_SLOW);
    }
  }

  /** Ends the connection by closing its socket, without a frame. */
  @Override
  final void abort(CloseReason why) {
    // To close the socket fails the writes that wait, which is reported as a break of the
    // connection.
    if (!aborted) {
      aborted = true;
      endReason = why;
    }
    ctx.close();
  }

  /** Closes the socket of a connection whose reason to end is known. */
  final void abort() {
    abort(endReason);
  }

  private void leaveStateBy(long deadlineNanos) {
    stateDeadlineNanos = deadlineNanos;
    loop.wheel().schedule(this, deadlineNanos);
  }

  /**
   * Makes one step, if it is legal. An illegal one would be a mistake of this class; it is counted
   * as a failure of this connection, which is aborted.
   */
  final boolean become(ConnectionState next) {
    if (state.mayBecome(next)) {
      state = next;
      return true;
    }
    loop.failures()
        .onFailure(
            Place.CONNECTION_STATE,
            this,
            new IllegalStateException("a connection that is " + state + " can't become " + next));
    return false;
  }
}
