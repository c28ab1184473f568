package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import herald.gateway.config.ByteSize;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.device.Device;
import herald.gateway.fanout.Subscriber;
import herald.gateway.logging.Logs;
import herald.protocol.HashIds;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AccessLogTest {
  private final Logger log = (Logger) LoggerFactory.getLogger(Logs.ACCESS);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private Wire wire = new Wire();

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
    log.setLevel(Level.INFO);
  }

  @AfterEach
  void finish() {
    wire.finish();
    log.setLevel(Level.OFF);
    log.detachAppender(lines);
  }

  private Map<String, Object> onlyLine() {
    assertThat(lines.list).hasSize(1);
    return lines.list.get(0).getKeyValuePairs().stream()
        .collect(Collectors.toMap(field -> field.key, field -> field.value));
  }

  private static String ping(List<Wire.Frame> frames) {
    return frames.stream()
        .filter(frame -> frame.opcode() == Frames.OPCODE_PING)
        .findFirst()
        .orElseThrow()
        .payload();
  }

  @Test
  void aConnectionHasOneLineAtItsEnd() throws Exception {
    wire.connected();
    wire.publish("a", "b");
    wire.pong(ping(wire.sentFrames()));
    wire.pass(3);
    wire.publish("c");
    assertThat(lines.list).as("while it is open").isEmpty();
    wire.receive(Wire.clientFrame(0x88, "\u0003\u00e9"));
    assertThat(wire.channel.isOpen()).isFalse();
    Map<String, Object> line = onlyLine();
    assertThat(line)
        .containsEntry("user", HashIds.encode(Wire.USER))
        .containsEntry("address", "203.0.113.0/24")
        .containsEntry("device", "none")
        .containsEntry("duration_ms", 3_000L)
        .containsEntry("close_code", 1001)
        .containsEntry("close_reason", "client_closed")
        .containsEntry("replay", "none")
        .containsEntry("events", 3L)
        .containsEntry("needless", 0)
        .containsEntry("unconfirmed", 1L)
        .containsEntry("waiting", 0L);
    assertThat((Long) line.get("bytes")).isBetween(3 * 20L, 3 * 200L);
    assertThat(lines.list.get(0).getFormattedMessage()).isEqualTo("connection ended");
    assertThat(line.toString()).doesNotContain("203.0.113.77");
  }

  @Test
  void itSaysWhereTheConnectionBegan() throws Exception {
    wire.publish("before");
    wire.connected();
    wire.channel.close();
    wire.settle();
    assertThat(onlyLine())
        .containsEntry("replay", "memory")
        .containsEntry("events", 1L)
        .containsEntry("close_code", 0)
        .containsEntry("close_reason", "vanished");
  }

  @Test
  void itNamesTheDevice() {
    Device device = new Device(0x5d1f_0a3e_1234_5678L, 0x0102_0304_0506_0708L, 1, true);
    wire.connected(new Subscriber(Wire.USER, device, Subscriber.NO_AFTER));
    wire.channel.close();
    wire.settle();
    assertThat(onlyLine()).containsEntry("device", "c-5d1f0a3e");
  }

  @Test
  void itCountsTheEventsThatWaited() throws Exception {
    wire.finish();
    wire =
        new Wire(
            ConnectionSettings.builder()
                .lowWatermark(ByteSize.ofKibibytes(8))
                .highWatermark(ByteSize.ofKibibytes(16))
                .build());
    wire.channel.pipeline().addLast(new StalledSocket());
    wire.connected();
    wire.publish("x".repeat(20_000));
    wire.publish("b");
    wire.publish("c");
    wire.channel.close();
    wire.settle();
    assertThat(onlyLine()).containsEntry("events", 1L).containsEntry("waiting", 2L);
  }

  @Test
  void switchedOffItSaysNothing() {
    log.setLevel(Level.OFF);
    wire.connected();
    wire.channel.close();
    wire.settle();
    assertThat(lines.list).isEmpty();
  }
}
