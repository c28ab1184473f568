package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.admission.WalletUser;
import herald.gateway.config.ByteSize;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.connection.Wire.Frame;
import herald.gateway.fanout.Subscriber;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientConnectionTest {
  private Wire wire = new Wire().connected();

  @AfterEach
  void finish() {
    wire.finish();
  }

  private static List<String> names(List<Frame> frames) {
    return frames.stream()
        .filter(frame -> frame.opcode() == Frames.OPCODE_TEXT)
        .map(frame -> frame.payload().replaceAll(".*\"name\":\"([^\"]*)\".*", "$1"))
        .toList();
  }

  private static List<Frame> pings(List<Frame> frames) {
    return frames.stream().filter(frame -> frame.opcode() == Frames.OPCODE_PING).toList();
  }

  @Test
  void writesWhatConcernsItsUserAndAPingBehind() throws Exception {
    wire.publish("a", "b");
    List<Frame> frames = wire.sentFrames();
    assertThat(names(frames)).containsExactly("a", "b");
    assertThat(frames.get(2).opcode()).isEqualTo(Frames.OPCODE_PING);
    assertThat(frames).hasSize(3);
    wire.publish("c");
    assertThat(wire.sentFrames()).as("the next ping has to wait").hasSize(1);
    wire.pass(9);
    assertThat(pings(wire.sentFrames())).hasSize(1);
  }

  @Test
  void remembersWhatThePongsConfirm() throws Exception {
    wire.publish("a");
    wire.pong(pings(wire.sentFrames()).get(0).payload());
    wire.publish("b");
    wire.channel.close();
    wire.settle();
    assertThat(wire.dispatcher.remembered()).isEqualTo(1);
    wire.pass(30);
    Wire again = wire;
    io.netty.channel.embedded.EmbeddedChannel next =
        new io.netty.channel.embedded.EmbeddedChannel();
    next.pipeline()
        .addLast(
            new ClientConnection(
                again.loop, next.eventLoop(), Subscriber.of(Wire.USER), Wire.CLIENT));
    again.settle();
    next.runPendingTasks();
    io.netty.buffer.ByteBuf sent = next.readOutbound();
    String text = sent.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
    sent.release();
    assertThat(names(Frame.all(text))).containsExactly("b");
    next.finishAndReleaseAll();
  }

  @Test
  void ignoresPongsThatAreNotItsOwn() throws Exception {
    wire.publish("a");
    String payload = pings(wire.sentFrames()).get(0).payload();
    wire.pong("");
    wire.pong(payload.substring(0, 8) + "otherone");
    wire.pong("\0\0\0\0\0\0\0\7" + payload.substring(8));
    wire.channel.close();
    wire.settle();
    wire.pass(1);
    assertThat(wire.counts.ends(CloseReason.VANISHED)).isEqualTo(1);
    assertThat(wire.dispatcher.remembered()).isEqualTo(1);
  }

  /** A client may answer the last of several pings alone (RFC 6455, section 5.5.3). */
  @Test
  void takesTheAnswersInAnyChoiceThatTheClientMakes() throws Exception {
    List<String> payloads = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d")) {
      wire.publish(name);
      payloads.add(pings(wire.sentFrames()).get(0).payload());
      wire.pass(10);
      wire.sentFrames();
    }
    assertThat(wire.statistics.unconfirmedEvents()).isEqualTo(4);
    wire.pong(payloads.get(1));
    assertThat(wire.statistics.unconfirmedEvents()).as("as far as the oldest").isEqualTo(3);
    wire.pong(payloads.get(0));
    assertThat(wire.statistics.unconfirmedEvents()).isEqualTo(3);
    wire.pong(payloads.get(3));
    assertThat(wire.statistics.unconfirmedEvents()).isZero();
    wire.pong(payloads.get(3));
    assertThat(wire.statistics.unconfirmedEvents()).isZero();
  }

  @Test
  void pingsAnIdleClientAndKeepsOneThatAnswers() {
    for (int i = 0; i < 10; i++) {
      wire.pass(31);
      List<Frame> pings = pings(wire.sentFrames());
      assertThat(pings).isNotEmpty();
      pings.forEach(ping -> wire.pong(ping.payload()));
    }
    assertThat(wire.channel.isOpen()).isTrue();
  }

  @Test
  void endsAClientThatIsSilentForAMinute() {
    wire.pass(59);
    assertThat(wire.channel.isOpen()).isTrue();
    wire.pass(3);
    assertThat(wire.channel.isOpen()).isFalse();
    assertThat(wire.counts.ends(CloseReason.PING_TIMEOUT)).isEqualTo(1);
    assertThat(wire.loop.wheel().size()).isZero();
    assertThat(wire.dispatcher.openCursors()).isZero();
  }

  @Test
  void answersPings() {
    wire.receive(Wire.clientFrame(0x89, "abc"));
    assertThat(wire.sentFrames()).containsExactly(new Frame(Frames.OPCODE_PONG, "abc"));
  }

  @Test
  void throwsMessagesAway() {
    wire.receive(Wire.clientFrame(0x81, "hello"));
    wire.receive(Wire.clientFrame(0x82, "hello"));
    assertThat(wire.sentFrames()).isEmpty();
    assertThat(wire.channel.isOpen()).isTrue();
  }

  @Test
  void endsAClientThatSendsTooManyMessages() {
    for (int second = 0; second < 100; second++) {
      for (int i = 0; i < 50; i++) {
        wire.receive(Wire.clientFrame(0x81, "a"));
      }
      wire.pass(1);
    }
    assertThat(wire.channel.config().isAutoRead()).as("half of what it may").isTrue();
    wire.sentText();
    for (int i = 0; i < 500; i++) {
      wire.receive(Wire.clientFrame(0x81, "a"));
      wire.receive(Wire.clientFrame(0x89, ""));
    }
    assertThat(wire.channel.config().isAutoRead()).as("ten seconds' worth at once").isTrue();
    wire.sentText();
    wire.receive(Wire.clientFrame(0x8A, ""));
    assertClosedFor(CloseReason.TOO_MUCH_INBOUND);
  }

  @Test
  void endsAClientThatSendsTooManyBytes() {
    byte[] message = new byte[250 * 1024];
    for (int second = 0; second < 100; second++) {
      wire.receive(Wire.clientFrame(0x82, message));
      wire.pass(1);
    }
    assertThat(wire.channel.config().isAutoRead()).as("what it may").isTrue();
    wire.sentText();
    for (int i = 0; i < 10; i++) {
      wire.receive(Wire.clientFrame(0x82, message));
    }
    assertThat(wire.channel.config().isAutoRead()).as("ten seconds' worth at once").isTrue();
    wire.receive(Wire.clientFrame(0x82, message));
    assertClosedFor(CloseReason.TOO_MUCH_INBOUND);
  }

  /** What a client may send in 75 seconds comes at once, and ten seconds' worth more. */
  private void receiveWhatWasSentInAStandstill() {
    for (int i = 0; i < 8_000; i++) {
      wire.receive(Wire.clientFrame(0x8A, ""));
    }
    assertThat(wire.channel.config().isAutoRead()).as("what it may").isTrue();
    wire.sentText();
    for (int i = 0; i < 1_100 && wire.channel.config().isAutoRead(); i++) {
      wire.receive(Wire.clientFrame(0x8A, ""));
    }
    assertClosedFor(CloseReason.TOO_MUCH_INBOUND);
  }

  @Test
  void aStandstillDoesNotCountAgainstAClientThatIsToAnswerAClose() {
    wire.loop.closeConnectionsOf(Set.of(Wire.WALLET_USER));
    wire.pass(1);
    wire.standStill(75);
    wire.pass(3);
    assertThat(wire.channel.isOpen()).isTrue();
    wire.pass(4);
    assertThat(wire.channel.isOpen()).isFalse();
  }

  @Test
  void whatWasSentDuringAStandstillIsNoFlood() {
    wire.pass(20);
    wire.standStill(75);
    receiveWhatWasSentInAStandstill();
  }

  @Test
  void whatWasSentDuringAStandstillIsNoFloodWhenTheTickComesFirst() {
    wire.pass(20);
    wire.standStill(75);
    wire.pass(1);
    receiveWhatWasSentInAStandstill();
  }

  @Test
  void aStandstillOfLongAgoAllowsNoFlood() {
    wire.pass(20);
    wire.standStill(75);
    wire.pass(12);
    wire.sentText();
    for (int i = 0; i < 1_001; i++) {
      wire.receive(Wire.clientFrame(0x8A, ""));
    }
    assertClosedFor(CloseReason.TOO_MUCH_INBOUND);
  }

  @Test
  void endsTheConnectionOfAUserWhoMayNotBeHereAnyMore() {
    wire.loop.closeConnectionsOf(
        Set.of(
            WalletUser.of(Wire.USER + 1, Wire.WALLET_USER.wallet()),
            WalletUser.of(Wire.USER, "0x" + "c".repeat(40))));
    assertThat(wire.sentFrames()).isEmpty();
    wire.loop.closeConnectionsOf(Set.of(Wire.WALLET_USER));
    assertClosedFor(CloseReason.NOT_ALLOWED);
  }

  private void assertClosedFor(CloseReason reason) {
    assertThat(wire.sentFrames().get(0).closeCode()).isEqualTo(1008);
    wire.pass(6);
    assertThat(wire.channel.isOpen()).isFalse();
    assertThat(wire.counts.ends(reason)).isEqualTo(1);
  }

  @Test
  void answersACloseWithItsCodeAndCloses() {
    wire.receive(Wire.clientFrame(0x88, "\u0003\u00E9"));
    List<Frame> frames = wire.sentFrames();
    assertThat(frames).hasSize(1);
    assertThat(frames.get(0).closeCode()).isEqualTo(1001);
    assertThat(wire.channel.isOpen()).isFalse();
    assertThat(wire.counts.ends(CloseReason.CLIENT_CLOSED)).isEqualTo(1);
  }

  @Test
  void answersACloseWithoutCodeWith1000() {
    wire.receive(Wire.clientFrame(0x88, ""));
    assertThat(wire.sentFrames().get(0).closeCode()).isEqualTo(1000);
    assertThat(wire.channel.isOpen()).isFalse();
  }

  @Test
  void closesOnAViolationAndWaitsForTheAnswer() {
    wire.receive(Unpooled.copiedBuffer(new byte[] {(byte) 0xFF, 0}));
    assertThat(wire.sentFrames().get(0).closeCode()).isEqualTo(1002);
    assertThat(wire.channel.isOpen()).isTrue();
    wire.pass(6);
    assertThat(wire.channel.isOpen()).isFalse();
    assertThat(wire.counts.ends(CloseReason.PROTOCOL_ERROR)).isEqualTo(1);
  }

  @Test
  void evictsAClientThatDoesNotRead() throws Exception {
    wire.finish();
    wire = new Wire(smallWatermarks().build());
    StalledSocket socket = new StalledSocket();
    wire.channel.pipeline().addLast(socket);
    wire.connected();
    for (int i = 0; i < 100; i++) {
      wire.publish("event" + i);
    }
    assertThat(wire.channel.isWritable()).isFalse();
    assertThat(socket.heldBytes()).isLessThan(20 * 1024);
    wire.pass(9);
    assertThat(wire.channel.isOpen()).isTrue();
    wire.pass(10);
    assertThat(wire.channel.isOpen()).isFalse();
    assertThat(wire.counts.ends(CloseReason.TOO_SLOW)).isEqualTo(1);
    assertThat(wire.dispatcher.remembered()).isEqualTo(1);
  }

  private double evictions(String cause) {
    return wire.registry.get("herald.evictions").tag("cause", cause).counter().count();
  }

  /** It can't answer a ping either, which stands behind what it has not read yet. */
  @Test
  void keepsASlowClientForAsLongAsItTakesSomething() throws Exception {
    StalledSocket socket = stalledBy("x".repeat(50_000), smallWatermarks().build());
    for (int i = 0; i < 20; i++) {
      wire.pass(9);
      socket.take(100);
    }
    assertThat(wire.channel.isOpen()).isTrue();
    assertThat(wire.channel.isWritable()).isFalse();
    wire.pass(9);
    assertThat(wire.counts.ends(CloseReason.TOO_SLOW)).isZero();
    assertThat(evictions("write_deadline")).isZero();
    wire.pass(10);
    assertThat(wire.counts.ends(CloseReason.TOO_SLOW)).isEqualTo(1);
    assertThat(evictions("write_deadline")).isEqualTo(1);
  }

  @Test
  void evictsAClientThatIsSlowForTooLong() throws Exception {
    StalledSocket socket =
        stalledBy(
            "x".repeat(50_000),
            smallWatermarks().slowClientTimeout(Duration.ofSeconds(60)).build());
    for (int i = 0; i < 11; i++) {
      wire.pass(5);
      socket.take(100);
    }
    assertThat(evictions("slow_client_timeout")).isZero();
    wire.pass(5);
    socket.take(100);
    wire.pass(2);
    assertThat(evictions("slow_client_timeout")).isEqualTo(1);
  }

  /** What waits below the watermark is before the ping as well. */
  @Test
  void aClientThatStillTakesWhatWaitsIsNotIdle() throws Exception {
    StalledSocket socket = stalledBy("x".repeat(20_000), ConnectionSettings.defaults());
    assertThat(wire.channel.isWritable()).isTrue();
    for (int i = 0; i < 30; i++) {
      wire.pass(4);
      socket.take(100);
    }
    assertThat(wire.channel.isOpen()).isTrue();
    wire.pass(75);
    assertThat(wire.counts.ends(CloseReason.PING_TIMEOUT)).isEqualTo(1);
  }

  @Test
  void aStandstillDoesNotCountAgainstTheClient() {
    wire.pass(31);
    wire.sentFrames();
    wire.standStill(75);
    wire.pass(28);
    assertThat(wire.channel.isOpen()).isTrue();
    assertThat(wire.registry.get("herald.loop.standstills").counter().count()).isEqualTo(1);
    wire.pass(3);
    assertThat(wire.counts.ends(CloseReason.PING_TIMEOUT)).isEqualTo(1);
  }

  @Test
  void aStandstillDoesNotCountAgainstASlowClient() throws Exception {
    stalledBy("x".repeat(50_000), smallWatermarks().build());
    wire.pass(5);
    wire.standStill(75);
    wire.pass(4);
    assertThat(wire.channel.isOpen()).isTrue();
    assertThat(evictions("write_deadline")).isZero();
    wire.pass(3);
    assertThat(evictions("write_deadline")).isEqualTo(1);
  }

  private StalledSocket stalledBy(String name, ConnectionSettings settings) throws Exception {
    wire.finish();
    wire = new Wire(settings);
    StalledSocket socket = new StalledSocket();
    wire.channel.pipeline().addLast(socket);
    wire.connected();
    wire.publish(name);
    return socket;
  }

  @Test
  void goesOnWhereItStayedWhenTheSocketTakesBytesAgain() throws Exception {
    wire.finish();
    wire = new Wire(smallWatermarks().build());
    StalledSocket socket = new StalledSocket();
    wire.channel.pipeline().addLast(socket);
    wire.connected();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      wire.publish("event" + i);
      expected.append("event").append(i).append(' ');
    }
    socket.release();
    wire.settle();
    assertThat(String.join(" ", names(wire.sentFrames())) + " ").isEqualTo(expected.toString());
    wire.pass(12);
    assertThat(wire.channel.isOpen()).isTrue();
  }

  private static ConnectionSettings.Builder smallWatermarks() {
    return ConnectionSettings.builder()
        .maxConnections(1)
        .highWatermark(new ByteSize(1_024))
        .lowWatermark(new ByteSize(512))
        .sendBuffer(new ByteSize(0));
  }

  @Test
  void drainsWhenTheClientHasConfirmed() throws Exception {
    wire.publish("a");
    wire.sentFrames();
    drain();
    List<Frame> pings = pings(wire.sentFrames());
    assertThat(pings).hasSize(1);
    wire.publish("b");
    assertThat(wire.sentFrames()).as("nothing more is sent").isEmpty();
    wire.pong(pings.get(0).payload());
    assertThat(wire.sentFrames().get(0).closeCode()).isEqualTo(1001);
    wire.receive(Wire.clientFrame(0x88, "\u0003\u00E9"));
    assertThat(wire.channel.isOpen()).isFalse();
    assertThat(wire.counts.ends(CloseReason.DRAINED)).isEqualTo(1);
  }

  @Test
  void drainsInTheEndThoughTheClientDoesNotConfirm() throws Exception {
    wire.publish("a");
    wire.sentFrames();
    drain();
    wire.pass(4);
    assertThat(wire.sentFrames()).anyMatch(frame -> frame.opcode() == Frames.OPCODE_CLOSE);
    wire.pass(6);
    assertThat(wire.channel.isOpen()).isFalse();
  }

  @Test
  void drainsASlowClientWhenItHasGotWhatWaited() throws Exception {
    StalledSocket socket = stalledBy(50);
    drain();
    socket.release();
    wire.settle();
    List<Frame> frames = wire.sentFrames();
    assertThat(names(frames)).hasSize(50);
    assertThat(frames).noneMatch(frame -> frame.opcode() == Frames.OPCODE_CLOSE);
    wire.pong(pings(frames).get(pings(frames).size() - 1).payload());
    assertThat(wire.sentFrames().get(0).closeCode()).isEqualTo(1001);
    assertThat(leftBehind()).isZero();
  }

  @Test
  void countsTheClientThatReadsTooSlowlyForTheDrain() throws Exception {
    stalledBy(50);
    drain();
    wire.pass(4);
    assertThat(leftBehind()).isEqualTo(1);
    wire.pass(6);
    assertThat(wire.channel.isOpen()).isFalse();
  }

  private StalledSocket stalledBy(int events) throws Exception {
    wire.finish();
    wire = new Wire(smallWatermarks().build());
    StalledSocket socket = new StalledSocket();
    wire.channel.pipeline().addLast(socket);
    wire.connected();
    for (int i = 0; i < events; i++) {
      wire.publish("event" + i);
    }
    return socket;
  }

  private double leftBehind() {
    return wire.registry.get("herald.connections.left.behind").counter().count();
  }

  private void drain() {
    long deadline = wire.loop.nowNanos() + TimeUnit.SECONDS.toNanos(2);
    wire.loop
        .registry()
        .forEach(handler -> ((ClientConnection) handler).drain(CloseReason.DRAINED, deadline));
    wire.settle();
  }
}
