package herald.gateway.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client takes what waits for it. It is asked about once a second, and only for clients
 * that are slow or silent.
 *
 * <p>Two numbers show that a client takes bytes: those that wait in the channel become fewer, or,
 * where the kernel tells it (TCP_INFO, Linux), those that the client has acknowledged become more.
 * The second one is finer. The kernel asks for more bytes only when a third of its send buffer is
 * free, which takes a client on a slow link longer than the write deadline.
 *
 * <p>Event loop.
 */
final class SendProgress {
  /** Level and name of the option (tcp(7)), and as much of its answer as is used here. */
  private static final RawUnixChannelOption TCP_INFO =
      new RawUnixChannelOption("TCP_INFO", 6, 11, 148);

  /** Where in the answer: {@code tcpi_bytes_acked} and {@code tcpi_notsent_bytes}. */
  private static final int BYTES_ACKED = 120;

  private static final int NOTSENT_BYTES = 144;

  private final Channel channel;
  private long waitingBytes;
  private long acknowledgedBytes;
  private long unsentBytes;
  private long nextUpdateNanos;

  /** When the client was last seen to take something, or when that was first looked for. */
  private long lastTakenNanos;

  private boolean hasTaken;

  SendProgress(Channel channel, long nowNanos) {
    this.channel = channel;
    restart(nowNanos);
  }

  /** Begins to wait for progress anew. */
  void restart(long nowNanos) {
    read();
    lastTakenNanos = nowNanos;
    nextUpdateNanos = nowNanos + TimerWheel.TICK_NANOS;
  }

  /** Looks whether bytes have been taken since the last time. */
  void update(long nowNanos) {
    long waitingBefore = waitingBytes;
    long acknowledgedBefore = acknowledgedBytes;
    read();
    if (waitingBytes < waitingBefore || acknowledgedBytes > acknowledgedBefore) {
      lastTakenNanos = nowNanos;
      hasTaken = true;
    }
    nextUpdateNanos = nowNanos + TimerWheel.TICK_NANOS;
  }

  /** Writes something without a flush, and does not take it for a lack of progress. */
  void write(Runnable writing) {
    long before = waitingBytesNow();
    writing.run();
    waitingBytes += waitingBytesNow() - before;
  }

  private long waitingBytesNow() {
    ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
    return outbound == null ? 0 : outbound.totalPendingWriteBytes() - outbound.currentProgress();
  }

  private void read() {
    waitingBytes = waitingBytesNow();
    ByteBuffer info = tcpInfo();
    if (info != null) {
      acknowledgedBytes = info.getLong(BYTES_ACKED);
      unsentBytes = info.getInt(NOTSENT_BYTES) & 0xFFFF_FFFFL;
    }
  }

  /** Null where the transport or the system does not know it. */
  private @Nullable ByteBuffer tcpInfo() {
    if (!channel.isOpen()) {
      return null;
    }
    try {
      ByteBuffer info = channel.config().getOption(TCP_INFO);
      return info == null ? null : info.order(ByteOrder.nativeOrder());
    } catch (ChannelException e) {
      return null;
    }
  }

  /** When to look again. */
  long nextUpdateNanos() {
    return nextUpdateNanos;
  }

  /** How long the client has taken nothing, as far as is known. */
  long idleNanos(long nowNanos) {
    return nowNanos - lastTakenNanos;
  }

  /** Whether bytes wait that could not even be sent: the client has not received the last ping. */
  boolean hasUnsent() {
    return waitingBytes > 0 || unsentBytes > 0;
  }

  /** The later of this moment and the one at which the client was last seen to take something. */
  long laterOf(long otherNanos) {
    return hasTaken && lastTakenNanos - otherNanos > 0 ? lastTakenNanos : otherNanos;
  }

  /** The process stood still for so long, and could see nothing. */
  void onStandstill(long stoodNanos) {
    lastTakenNanos += stoodNanos;
  }
}
