package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.connection.Wire.Frame;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import herald.gateway.fanout.Subscriber;
import herald.protocol.BlastMessages;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import herald.protocol.HashIds;
import herald.protocol.StoredBlast;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One large event and clients that read it, that read it later, or that do not read it at all. */
class LargeFrameTest {
  private static final int TEXT_BYTES = 4 << 20;
  private static final int PIECE_BYTES = LargeText.PIECE_BYTES;

  private final Wire wire = new Wire();
  private final StalledSocket socket = new StalledSocket();
  private final List<EmbeddedChannel> others = new ArrayList<>();

  @AfterEach
  void finish() {
    wire.finish();
    others.forEach(EmbeddedChannel::finishAndReleaseAll);
    wire.largeTexts.forgetFreed();
    assertThat(wire.largeTexts.bytes()).isZero();
  }

  private static EncodedEvent message(String name, int bytes) {
    return EventEncoder.message(EventId.of(name, 0), "chat", name, "x".repeat(bytes), 1, 0);
  }

  private void publish(EncodedEvent... events) {
    List<Event> all = new ArrayList<>();
    for (EncodedEvent event : events) {
      all.add(
          new Event(event, Audience.of(Wire.USER), 0, RowOrder.committedAt(wire.loop.nowNanos())));
    }
    wire.dispatcher.publish(all);
    settle();
  }

  private void settle() {
    wire.settle();
    others.forEach(EmbeddedChannel::runPendingTasks);
    wire.settle();
  }

  private static String frame(EncodedEvent event) {
    byte[] receiver = HashIds.encode(Wire.USER).getBytes(StandardCharsets.US_ASCII);
    ByteBuf frame = Unpooled.buffer();
    Frames.writeEvent(event, receiver, frame);
    return frame.toString(StandardCharsets.ISO_8859_1);
  }

  private void connectStalled() {
    wire.channel.pipeline().addLast(socket);
    wire.connected();
  }

  private static boolean isSame(String sent, EncodedEvent... events) {
    StringBuilder expected = new StringBuilder();
    for (EncodedEvent event : events) {
      expected.append(frame(event));
    }
    // Not by an assertion on the texts, which would print them.
    return sent.contentEquals(expected);
  }

  @Test
  void arrivesAsOneFrameWithAPingBehind() {
    wire.connected();
    EncodedEvent large = message("large", TEXT_BYTES);
    publish(large);
    String sent = wire.sentText();
    int length = frame(large).length();
    assertThat(isSame(sent.substring(0, length), large)).isTrue();
    assertThat(Frame.all(sent.substring(length))).hasSize(1);
    assertThat(sent.charAt(length)).isEqualTo((char) (0x80 | Frames.OPCODE_PING));
    assertThat(wire.statistics.unconfirmedEvents()).isEqualTo(1);
  }

  @Test
  void keepsItsPlaceAmongOtherEvents() {
    wire.connected();
    EncodedEvent[] events = {
      message("a", 10), message("b", 70_000), message("c", 100_000), message("d", 10)
    };
    publish(events);
    String sent = wire.sentText();
    assertThat(isSame(sent.substring(0, sent.length() - Frames.PING_BYTES), events)).isTrue();
  }

  @Test
  void aBlastsMessagesShareOneCopy() {
    connectStalled();
    connectStalledOthers(2);
    StoredBlast blast =
        new StoredBlast("blast", 1, "follower_audience", null, null, "y".repeat(TEXT_BYTES), 0);
    BlastMessages messages = new BlastMessages(EventId.of("sig", 0), blast);
    EncodedEvent one = messages.forChat("one");
    EncodedEvent two = messages.forChat("two");
    publish(one, two);
    long most = (long) wire.loop.settings().highWatermarkBytes() + 2L * PIECE_BYTES;
    assertThat(wire.largeTexts.bytes()).as("no further than any has come").isLessThan(most);
    socket.release();
    settle();
    String sent = wire.sentText();
    assertThat(isSame(sent.substring(0, sent.length() - Frames.PING_BYTES), one, two)).isTrue();
    assertThat(wire.largeTexts.bytes())
        .as("others are in the middle of it")
        .isBetween((long) TEXT_BYTES, TEXT_BYTES + 1_000L);
  }

  @Test
  void clientsThatDoNotReadCostTheWatermarkEachAndOneCopy() {
    connectStalled();
    List<StalledSocket> stalled = connectStalledOthers(50);
    publish(message("large", TEXT_BYTES), message("next", TEXT_BYTES));
    long most = (long) wire.loop.settings().highWatermarkBytes() + PIECE_BYTES + 1_000;
    assertThat(socket.heldBytes()).isLessThan(most);
    for (StalledSocket other : stalled) {
      assertThat(other.heldBytes()).isPositive().isLessThan(most);
    }
    assertThat(wire.largeTexts.bytes())
        .as("one copy, no further than any has come")
        .isPositive()
        .isLessThan(most + PIECE_BYTES);
  }

  private List<StalledSocket> connectStalledOthers(int count) {
    List<StalledSocket> stalled = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StalledSocket handler = new StalledSocket();
      EmbeddedChannel channel = new EmbeddedChannel(handler);
      channel
          .pipeline()
          .addLast(
              new ClientConnection(
                  wire.loop, channel.eventLoop(), Subscriber.of(Wire.USER), Wire.CLIENT));
      others.add(channel);
      stalled.add(handler);
    }
    settle();
    return stalled;
  }

  @Test
  void withoutRoomForACopyEachPieceIsCopied() {
    assertThat(wire.largeTexts.reserve(Wire.LARGE_TEXT_BYTES)).isTrue();
    connectStalled();
    EncodedEvent large = message("large", TEXT_BYTES);
    publish(large);
    assertThat(wire.largeTexts.bytes()).isEqualTo(Wire.LARGE_TEXT_BYTES);
    socket.release();
    settle();
    String sent = wire.sentText();
    assertThat(isSame(sent.substring(0, sent.length() - Frames.PING_BYTES), large)).isTrue();
    wire.largeTexts.unreserve(Wire.LARGE_TEXT_BYTES);
  }

  @Test
  void nothingIsWrittenIntoTheMiddleOfIt() {
    connectStalled();
    EncodedEvent large = message("large", TEXT_BYTES);
    publish(large);
    wire.receive(Wire.clientFrame(0x80 | Frames.OPCODE_PING, "a client's ping"));
    wire.loop.wheel().tick(wire.loop.nowNanos() + TimeUnit.SECONDS.toNanos(9));
    socket.release();
    settle();
    String sent = wire.sentText();
    assertThat(isSame(sent.substring(0, frame(large).length()), large)).isTrue();
  }

  @Test
  void aClientThatReadsNothingOfItGoesWithoutACloseFrame() {
    connectStalled();
    publish(message("large", TEXT_BYTES));
    wire.pass(20);
    assertThat(wire.channel.isOpen()).isFalse();
    assertThat(wire.counts.ends(CloseReason.TOO_SLOW)).isEqualTo(1);
    assertThat(wire.dispatcher.remembered()).isEqualTo(1);
  }

  @Test
  void itsConnectionEndsWhenItHasLeftTheLogBeforeItsEnd() {
    connectStalled();
    publish(message("large", TEXT_BYTES));
    wire.leaveTheLog();
    socket.release();
    settle();
    assertThat(wire.channel.isOpen()).isFalse();
    assertThat(wire.counts.ends(CloseReason.TOO_SLOW)).isEqualTo(1);
    wire.sentText();
  }

  @Test
  void whatLacksMemoryIsWrittenLater() {
    Scarce memory = new Scarce();
    wire.channel.config().setAllocator(memory);
    wire.connected();
    EncodedEvent small = message("small", 5_000);
    EncodedEvent large = message("large", TEXT_BYTES);
    memory.isShort = true;
    publish(small, large);
    assertThat(wire.channel.isOpen()).isTrue();
    assertThat(wire.sentText()).isEmpty();
    memory.isShort = false;
    wire.channel.advanceTimeBy(1, TimeUnit.SECONDS);
    wire.channel.runScheduledPendingTasks();
    settle();
    String sent = wire.sentText();
    assertThat(isSame(sent.substring(0, sent.length() - Frames.PING_BYTES), small, large)).isTrue();
  }

  private static final class Scarce extends io.netty.buffer.AbstractByteBufAllocator {
    private boolean isShort;

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      if (isShort) {
        throw new OutOfMemoryError("of a test");
      }
      return UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }
  }
}
