package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.device.Device;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Subscriber;
import herald.gateway.supervision.Place;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/** Something is thrown in each place of a real connection: it is closed, counted, and alone. */
class ConnectionIsolationTest {
  private static final int BAD_USER = 8;
  private static final String REQUEST =
      "GET /comms/chats/ws?timestamp="
          + Wire.nowMillis()
          + "&signature="
          + Base64.getEncoder().encodeToString(new byte[65]).replace("=", "%3D")
          + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

  private final Wire wire = new Wire();

  @AfterEach
  void finish() {
    wire.finish();
  }

  private long failures(Place place) {
    return wire.supervisor.failures().count(place);
  }

  /** Memory of a bad connection's own, which can be made to run out. */
  private static final class Memory extends AbstractByteBufAllocator {
    private final List<ByteBuf> given = new ArrayList<>();
    private boolean isExhausted;

    private Memory() {
      super(true);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      if (isExhausted) {
        throw new OutOfMemoryError();
      }
      ByteBuf buffer = Unpooled.directBuffer(initialCapacity, maxCapacity);
      given.add(buffer);
      return buffer;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      return newDirectBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }
  }

  private final Memory memory = new Memory();

  private EmbeddedChannel connect(int user, long afterMicros) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(memory);
    channel
        .pipeline()
        .addLast(
            new ClientConnection(
                wire.loop,
                channel.eventLoop(),
                new Subscriber(user, Device.UNKNOWN, afterMicros),
                Wire.CLIENT));
    wire.settle();
    channel.runPendingTasks();
    return channel;
  }

  /** A wide event that throws when it is asked whether it concerns one user. */
  private static Audience brittle() {
    RoaringBitmap users =
        new RoaringBitmap() {
          private static final long serialVersionUID = 1;

          @Override
          public boolean contains(int user) {
            if (user == BAD_USER) {
              throw new OutOfMemoryError();
            }
            return super.contains(user);
          }
        };
    users.add(Wire.USER);
    return Audience.of(users);
  }

  private void assertThatItAloneHasFailed(EmbeddedChannel bad) {
    assertThat(bad.isOpen()).isFalse();
    assertThat(wire.counts.ends(CloseReason.FAILED)).isEqualTo(1);
    assertThat(wire.channel.isOpen()).isTrue();
    bad.finishAndReleaseAll();
    wire.settle();
    assertThat(wire.dispatcher.openCursors()).isEqualTo(1);
    assertThat(wire.dispatcher.remembered()).as("it may come back").isEqualTo(1);
    wire.pass(1);
    assertThat(wire.loop.wheel().size()).isEqualTo(1);
  }

  @Test
  void whatItsWakeThrows() throws Exception {
    wire.connected();
    EmbeddedChannel bad = connect(BAD_USER, Subscriber.NO_AFTER);
    wire.publishUnseen(brittle());
    bad.runPendingTasks();
    wire.settle();
    assertThat(failures(Place.WAKE)).isEqualTo(1);
    assertThat(wire.sentFrames()).extracting(Wire.Frame::opcode).contains(Frames.OPCODE_TEXT);
    assertThatItAloneHasFailed(bad);
  }

  @Test
  void whatItsTimerTaskThrows() {
    wire.connected();
    EmbeddedChannel bad = connect(BAD_USER, Subscriber.NO_AFTER);
    memory.isExhausted = true;
    for (int i = 0; i < 40 && bad.isOpen(); i++) {
      wire.pass(1);
    }
    assertThat(failures(Place.TIMER)).as("there was no memory for a ping").isEqualTo(1);
    assertThatItAloneHasFailed(bad);
  }

  @Test
  void whatAskingForAReplayThrows() {
    wire.connected();
    wire.onReplay =
        () -> {
          throw new OutOfMemoryError();
        };
    EmbeddedChannel bad = connect(BAD_USER, 0);
    bad.runPendingTasks();
    wire.settle();
    assertThat(failures(Place.ENTER)).isEqualTo(1);
    assertThatItAloneHasFailed(bad);
  }

  @Test
  void aReplayThatIsNeverAnsweredInOrderEndsTheConnection() {
    wire.connected();
    EmbeddedChannel bad = connect(BAD_USER, 0);
    wire.replay.completeExceptionally(new IllegalStateException());
    bad.runPendingTasks();
    wire.settle();
    assertThat(failures(Place.REPLAY)).isEqualTo(1);
    assertThatItAloneHasFailed(bad);
  }

  @Test
  void whatItsPipelineThrowsUnlessThePeerHasCausedIt() {
    wire.connected();
    EmbeddedChannel reset = connect(9, Subscriber.NO_AFTER);
    reset.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
    assertThat(reset.isOpen()).isFalse();
    assertThat(failures(Place.PIPELINE)).isZero();
    reset.finishAndReleaseAll();
    EmbeddedChannel bad = connect(BAD_USER, Subscriber.NO_AFTER);
    bad.pipeline().fireExceptionCaught(new OutOfMemoryError());
    assertThat(bad.isOpen()).isFalse();
    assertThat(failures(Place.PIPELINE)).isEqualTo(1);
    bad.finishAndReleaseAll();
    assertThat(wire.channel.isOpen()).isTrue();
  }

  @Test
  void whatGivingASocketItsPipelineThrowsClosesIt() {
    EmbeddedChannel stranger =
        new EmbeddedChannel(
            new ClientChannelInitializer(
                loop -> null,
                wire.handshakeContext(AdmissionSettings.defaults()),
                null,
                AdmissionSettings.defaults().proxies(),
                () -> false,
                wire.loop.failures()));
    assertThat(stranger.isOpen()).isFalse();
    assertThat(failures(Place.PIPELINE)).isEqualTo(1);
  }

  @Test
  void whatTheAuthenticatorThrowsEndsTheHandshake() {
    wire.onAuthenticate =
        () -> {
          throw new OutOfMemoryError();
        };
    wire.accepted();
    wire.receive(REQUEST);
    assertThat(wire.channel.isOpen()).isFalse();
    assertThat(failures(Place.PIPELINE)).isEqualTo(1);
  }

  @Test
  void whatTheUpgradeThrowsEndsTheHandshakeAtOnce() {
    wire.accepted(AdmissionSettings.defaults(), "203.0.113.7");
    wire.receive(REQUEST);
    wire.channel.pipeline().remove(RequestDecoder.class);
    wire.answer.complete(new AuthOutcome.Accepted(Wire.WALLET_USER));
    wire.settle();
    assertThat(wire.channel.isOpen()).isFalse();
    assertThat(failures(Place.AUTHENTICATION)).isEqualTo(1);
    assertThat(wire.loop.wheel().size()).isZero();
  }

  @Test
  void anAuthenticatorThatFailsIsAnswered() {
    wire.accepted();
    wire.receive(REQUEST);
    wire.answer.completeExceptionally(new OutOfMemoryError());
    wire.settle();
    wire.pass(3);
    assertThat(wire.sentText()).startsWith("HTTP/1.1 503 ");
  }

  @Test
  void whatIsHalfWrittenIsGivenBack() throws Exception {
    wire.connected();
    EmbeddedChannel bad = connect(BAD_USER, Subscriber.NO_AFTER);
    for (boolean isWarm : new boolean[] {false, true}) {
      wire.publishUnseen(Audience.of(BAD_USER));
      if (isWarm) {
        wire.publishUnseen(brittle());
      }
      bad.runPendingTasks();
    }
    wire.settle();
    assertThat(failures(Place.WAKE)).isPositive();
    assertThatItAloneHasFailed(bad);
    wire.loop.buffer().close();
    assertThat(memory.given).hasSizeGreaterThan(1).allMatch(buffer -> buffer.refCnt() == 0);
  }
}
