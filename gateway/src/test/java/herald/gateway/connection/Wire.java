package herald.gateway.connection;

import static java.util.Objects.requireNonNull;

import herald.gateway.admission.Admission;
import herald.gateway.admission.ClientAddress;
import herald.gateway.admission.ForwardedFor;
import herald.gateway.admission.OriginPolicy;
import herald.gateway.admission.WalletUser;
import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.config.DrainSettings;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.config.InboundSettings;
import herald.gateway.device.DeviceCookie;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.MemoryLimits;
import herald.gateway.fanout.PositionJournal;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.RowOrder;
import herald.gateway.fanout.Subscriber;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One connection in memory, with a real dispatcher, under a clock that the test moves. */
final class Wire {
  static final int USER = 7;
  static final WalletUser WALLET_USER = WalletUser.of(USER, "0x" + "a".repeat(40));
  static final ClientAddress CLIENT = Objects.requireNonNull(ClientAddress.parse("203.0.113.77"));

  static final int LARGE_TEXT_BYTES = 16 << 20;

  private static final long RETENTION_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final long REPLAY_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  final EmbeddedChannel channel = new EmbeddedChannel();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Meters meters = new Meters(registry);
  final Supervisor supervisor = new Supervisor(meters.supervision(), () -> nowNanos());
  final CompletableFuture<AuthOutcome> answer = new CompletableFuture<>();
  final CompletableFuture<Replay> replay = new CompletableFuture<>();
  final LargeTexts largeTexts = new LargeTexts(LARGE_TEXT_BYTES);
  final LoopContext loop;
  final ConnectionCounts counts;
  final LoopStatistics statistics = new LoopStatistics();

  private final EmbeddedChannel timer = new EmbeddedChannel();
  final Dispatcher dispatcher;

  /** Called when the database is asked for a replay, and when a signature is to be looked at. */
  Runnable onReplay = () -> {};

  Runnable onAuthenticate = () -> {};

  /** What the loop's own lag is measured by. */
  long loopNanos;

  private long nowNanos = 1_000_000_000L;
  private HandshakeContext handshakeContext = handshakeContext(AdmissionSettings.defaults());

  Wire() {
    this(ConnectionSettings.defaults());
  }

  Wire(ConnectionSettings settings) {
    this(settings, DrainSettings.defaults());
  }

  Wire(ConnectionSettings settings, DrainSettings drain) {
    dispatcher =
        new Dispatcher(
            new MemoryLimits(RETENTION_NANOS, Long.MAX_VALUE, REPLAY_NANOS, 1_000),
            new PositionJournal(false),
            meters,
            () -> nowNanos,
            InstantSource.fixed(NOW),
            supervisor,
            timer.eventLoop());
    counts = new ConnectionCounts(meters, () -> 0);
    ConnectionFailures failures = new ConnectionFailures(supervisor.failures());
    loop =
        new LoopContext(
            settings,
            () -> nowNanos,
            new TimerWheel(nowNanos, failures),
            new Standstill(meters.connections(), nowNanos),
            new ConnectionRegistry(failures),
            new LoopLag(meters.connections(), () -> loopNanos, 500),
            InboundLimits.of(InboundSettings.defaults()),
            dispatcher,
            request -> {
              onReplay.run();
              return replay;
            },
            meters,
            counts,
            statistics,
            failures,
            new SlowClientRule(settings),
            new ClosePolicy(drain),
            new LoopBuffer(),
            largeTexts,
            true);
    channel
        .config()
        .setWriteBufferWaterMark(
            new WriteBufferWaterMark(settings.lowWatermarkBytes(), settings.highWatermarkBytes()));
  }

  private long nowNanos() {
    return nowNanos;
  }

  /** A connection that has just been upgraded. */
  Wire connected() {
    return connected(Subscriber.of(USER));
  }

  /** The same for a subscriber of whom more is known. */
  Wire connected(Subscriber subscriber) {
    channel
        .pipeline()
        .addLast(new ClientConnection(loop, channel.eventLoop(), subscriber, CLIENT, WALLET_USER));
    settle();
    return this;
  }

  /** A socket that has just been accepted. */
  Wire accepted() {
    return accepted(AdmissionSettings.defaults(), "203.0.113.7");
  }

  /** The same under these settings, from this address. */
  Wire accepted(AdmissionSettings settings, String peer) {
    return accepted(handshakeContext(settings), peer);
  }

  /** The same, as one of several that share a context. */
  Wire accepted(HandshakeContext shared, String peer) {
    handshakeContext = shared;
    ClientAddress address = requireNonNull(ClientAddress.parse(peer));
    channel
        .pipeline()
        .addLast(
            new RequestDecoder(shared.settings()), new HandshakeHandler(loop, shared, address));
    return this;
  }

  /** What sockets share; each answer is that of this wire. */
  HandshakeContext handshakeContext(AdmissionSettings settings) {
    return handshakeContext(settings, HandshakeSettings.defaults());
  }

  /** The same with other bounds of a handshake. */
  HandshakeContext handshakeContext(AdmissionSettings settings, HandshakeSettings handshakes) {
    return new HandshakeContext(
        handshakes,
        InstantSource.fixed(NOW),
        (request, signature) -> {
          onAuthenticate.run();
          return answer;
        },
        new Admission(100, settings.limits(), nowNanos),
        new ForwardedFor(settings.proxies()),
        new OriginPolicy(settings.origins()),
        new DeviceCookie("", UpgradeRequest.PATH),
        new RejectionTracker(
            settings.limits(), new Meters(new SimpleMeterRegistry()), () -> nowNanos));
  }

  /** The rejected handshakes. */
  RejectionTracker rejections() {
    return handshakeContext.rejections();
  }

  /** How many were refused for this reason. */
  long rejections(RejectReason reason) {
    return handshakeContext.rejections().count(reason);
  }

  static long nowMillis() {
    return NOW.toEpochMilli();
  }

  /** Lets the timer and the event loop do what waits. */
  void settle() {
    for (int i = 0; i < 4; i++) {
      timer.runPendingTasks();
      channel.runPendingTasks();
    }
  }

  /** Moves the clock on, tick by tick. */
  void pass(long seconds) {
    for (long i = 0; i < seconds; i++) {
      nowNanos += TimeUnit.SECONDS.toNanos(1);
      loop.tick();
      settle();
    }
  }

  /** Lets so much time pass that all events leave the log; the deadlines do not notice. */
  void leaveTheLog() {
    long before = nowNanos;
    nowNanos += RETENTION_NANOS + 1;
    timer.advanceTimeBy(2, TimeUnit.SECONDS);
    timer.runScheduledPendingTasks();
    nowNanos = before;
  }

  /** Moves the clock on while nothing ticks, as when the process is stopped. */
  void standStill(long seconds) {
    nowNanos += TimeUnit.SECONDS.toNanos(seconds);
  }

  void publish(String... names) throws InterruptedException {
    List<Event> events = new ArrayList<>();
    for (String name : names) {
      events.add(
          new Event(
              EventEncoder.rpc(EventId.of(name, 0), "{\"name\":\"" + name + "\"}", 1, 0),
              Audience.of(USER),
              0,
              RowOrder.committedAt(0)));
    }
    dispatcher.publish(events);
    settle();
  }

  /** Publishes an event for which the loops have not been woken when this returns. */
  void publishUnseen(Audience audience) throws InterruptedException {
    dispatcher.publish(
        List.of(
            new Event(
                EventEncoder.rpc(EventId.of("unseen", 0), "{}", 1, 0),
                audience,
                0,
                RowOrder.committedAt(0))));
  }

  void receive(ByteBuf bytes) {
    channel.writeInbound(bytes);
    settle();
  }

  void receive(String text) {
    receive(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  /** All bytes written so far that were not taken yet, as Latin-1 text. */
  String sentText() {
    StringBuilder text = new StringBuilder();
    for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
      text.append(sent.toString(StandardCharsets.ISO_8859_1));
      sent.release();
    }
    return text.toString();
  }

  /** The server's frames written so far that were not taken yet. */
  List<Frame> sentFrames() {
    return Frame.all(sentText());
  }

  /**
   * A frame as a client sees it.
   *
   * @param payload as Latin-1 text
   */
  record Frame(int opcode, String payload) {
    static List<Frame> all(String bytes) {
      List<Frame> frames = new ArrayList<>();
      int at = 0;
      while (at < bytes.length()) {
        int opcode = bytes.charAt(at) & 0x0F;
        int length = bytes.charAt(at + 1);
        at += 2;
        if (length == 126) {
          length = bytes.charAt(at) << 8 | bytes.charAt(at + 1);
          at += 2;
        } else if (length == 127) {
          length = bytes.charAt(at + 5) << 16 | bytes.charAt(at + 6) << 8 | bytes.charAt(at + 7);
          at += 8;
        }
        frames.add(new Frame(opcode, bytes.substring(at, at + length)));
        at += length;
      }
      return frames;
    }

    int closeCode() {
      return payload.charAt(0) << 8 | payload.charAt(1);
    }
  }

  /** A frame as a client sends it, with a mask. */
  static ByteBuf clientFrame(int firstByte, byte[] payload) {
    ByteBuf frame = Unpooled.buffer();
    frame.writeByte(firstByte);
    if (payload.length < 126) {
      frame.writeByte(0x80 | payload.length);
    } else if (payload.length <= 0xFFFF) {
      frame.writeByte(0x80 | 126).writeShort(payload.length);
    } else {
      frame.writeByte(0x80 | 127).writeLong(payload.length);
    }
    byte[] mask = {0x37, (byte) 0xFA, 0x21, 0x3D};
    frame.writeBytes(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.writeByte(payload[i] ^ mask[i & 3]);
    }
    return frame;
  }

  static ByteBuf clientFrame(int firstByte, String latin) {
    return clientFrame(firstByte, latin.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The client's answer to a ping. */
  void pong(String payload) {
    receive(clientFrame(0x80 | Frames.OPCODE_PONG, payload));
  }

  void finish() {
    channel.finishAndReleaseAll();
    settle();
    timer.finishAndReleaseAll();
  }
}
