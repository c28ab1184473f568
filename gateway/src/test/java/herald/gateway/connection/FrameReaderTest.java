package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455, section 5, however the bytes are cut. */
class FrameReaderTest {
  private static final int MAX_MESSAGE = 1 << 20;
  private static final int MAX_FRAGMENTS = 20_000;

  /** Reads the frames whole, then byte by byte, and checks that both find the same. */
  private static List<String> read(ByteBuf... frames) {
    ByteBuf all = Unpooled.wrappedBuffer(frames);
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes).release();
    Notes whole = new Notes();
    new FrameReader(whole, MAX_MESSAGE, MAX_FRAGMENTS).read(Unpooled.copiedBuffer(bytes));
    for (int step : new int[] {1, 2, 7}) {
      Notes pieces = new Notes();
      FrameReader reader = new FrameReader(pieces, MAX_MESSAGE, MAX_FRAGMENTS);
      for (int from = 0; from < bytes.length; from += step) {
        reader.read(
            Unpooled.copiedBuffer(
                Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + step))));
      }
      assertThat(pieces.found).isEqualTo(whole.found);
    }
    return whole.found;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537})
  void readsMessagesOfAnyLength(int length) {
    String payload = "*".repeat(length);
    assertThat(read(Wire.clientFrame(0x81, payload))).containsExactly("text " + payload);
    assertThat(read(Wire.clientFrame(0x82, payload))).containsExactly("binary " + payload);
  }

  @Test
  void boundsAMessageWhoseLengthWouldOverflow() {
    ByteBuf endless = Unpooled.buffer().writeByte(0x80).writeByte(0xFF).writeLong(Long.MAX_VALUE);
    assertThat(read(Wire.clientFrame(0x02, "a"), endless))
        .containsExactly(CloseReason.MESSAGE_TOO_BIG.name());
  }

  @Test
  void readsFragmentsWithControlFramesBetween() {
    assertThat(
            read(
                Wire.clientFrame(0x01, "a"),
                Wire.clientFrame(0x89, "p"),
                Wire.clientFrame(0x00, ""),
                Wire.clientFrame(0x8A, ""),
                Wire.clientFrame(0x80, "b"),
                Wire.clientFrame(0x82, "c")))
        .containsExactly("ping p", "pong ", "text ab", "binary c");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0x83, 0x84, 0x87, 0x8B, 0x8F, 0xC1, 0xA1, 0x91, 0x09, 0x08, 0x0A, 0x80, 0x00})
  void refusesWhatNoFrameMayBeginWith(int firstByte) {
    assertThat(read(Wire.clientFrame(firstByte, "x"))).containsExactly("PROTOCOL_ERROR");
  }

  @Test
  void refusesANewMessageInsideAMessage() {
    assertThat(read(Wire.clientFrame(0x01, "a"), Wire.clientFrame(0x81, "b")))
        .containsExactly("PROTOCOL_ERROR");
  }

  @Test
  void refusesAFrameWithoutMask() {
    assertThat(read(Unpooled.copiedBuffer(new byte[] {(byte) 0x81, 1, 'x'})))
        .containsExactly("PROTOCOL_ERROR");
  }

  @Test
  void refusesALongControlFrame() {
    assertThat(read(Wire.clientFrame(0x89, "*".repeat(125)))).hasSize(1);
    assertThat(read(Wire.clientFrame(0x89, "*".repeat(126)))).containsExactly("PROTOCOL_ERROR");
  }

  @Test
  void refusesALengthThatIsNotTheShortest() {
    assertThat(read(Unpooled.copiedBuffer(new byte[] {(byte) 0x82, (byte) 0xFE, 0, 125})))
        .containsExactly("PROTOCOL_ERROR");
    assertThat(
            read(
                Unpooled.copiedBuffer(
                    new byte[] {(byte) 0x82, (byte) 0xFF, 0, 0, 0, 0, 0, 0, (byte) 0xFF, -1})))
        .containsExactly("PROTOCOL_ERROR");
    assertThat(
            read(
                Unpooled.copiedBuffer(
                    new byte[] {(byte) 0x82, (byte) 0xFF, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0})))
        .containsExactly("PROTOCOL_ERROR");
  }

  @Test
  void boundsAMessageAndAllItsFragments() {
    byte[] half = new byte[MAX_MESSAGE / 2];
    assertThat(
            read(
                Wire.clientFrame(0x02, half),
                Wire.clientFrame(0x00, half),
                Wire.clientFrame(0x80, new byte[0])))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("binary");
    assertThat(
            read(
                Wire.clientFrame(0x02, half),
                Wire.clientFrame(0x00, half),
                Wire.clientFrame(0x80, new byte[1])))
        .containsExactly("MESSAGE_TOO_BIG");
    // The header alone is enough: nothing of the payload has to come.
    ByteBuf header = Unpooled.buffer().writeByte(0x82).writeByte(0xFF).writeLong(MAX_MESSAGE + 1L);
    assertThat(read(header)).containsExactly("MESSAGE_TOO_BIG");
  }

  @Test
  void boundsTheNumberOfFragments() {
    Notes notes = new Notes();
    FrameReader reader = new FrameReader(notes, MAX_MESSAGE, MAX_FRAGMENTS);
    reader.read(Wire.clientFrame(0x02, ""));
    for (int i = 0; i < 1_000_000 && notes.found.isEmpty(); i++) {
      reader.read(Wire.clientFrame(0x00, ""));
    }
    assertThat(notes.found).containsExactly("TOO_MANY_FRAGMENTS");
  }

  @ParameterizedTest
  @CsvSource({
    "'', close 0",
    "03E8, close 1000",
    "03E9, close 1001",
    "03EF, close 1007",
    "0BB8, close 3000",
    "1387, close 4999",
    "03E86F6B, close 1000",
    "03, PROTOCOL_ERROR",
    "0000, PROTOCOL_ERROR",
    "03E7, PROTOCOL_ERROR",
    "03EC, PROTOCOL_ERROR",
    "03ED, PROTOCOL_ERROR",
    "03EE, PROTOCOL_ERROR",
    "03F8, PROTOCOL_ERROR",
    "0BB7, PROTOCOL_ERROR",
    "1388, PROTOCOL_ERROR",
    "FFFF, PROTOCOL_ERROR",
    "03E8FF, INVALID_TEXT",
    "03E8CE, INVALID_TEXT",
  })
  void readsCloseFrames(String hex, String found) {
    byte[] payload = java.util.HexFormat.of().parseHex(hex);
    assertThat(read(Wire.clientFrame(0x88, payload), Wire.clientFrame(0x81, "later")))
        .containsExactly(found);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CEBAE1BDB9CF83CEBCCEB5",
        "00",
        "7F",
        "C280",
        "DFBF",
        "E0A080",
        "ED9FBF",
        "EE8080",
        "EFBFBF",
        "F0908080",
        "F48FBFBF"
      })
  void acceptsUtf8(String hex) {
    byte[] text = java.util.HexFormat.of().parseHex(hex);
    assertThat(read(Wire.clientFrame(0x81, text)))
        .containsExactly("text " + new String(text, StandardCharsets.ISO_8859_1));
    for (int cut = 0; cut <= text.length; cut++) {
      assertThat(
              read(
                  Wire.clientFrame(0x01, Arrays.copyOf(text, cut)),
                  Wire.clientFrame(0x80, Arrays.copyOfRange(text, cut, text.length))))
          .hasSize(1)
          .doesNotContain("INVALID_TEXT");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "BF",
        "C0AF",
        "C1BF",
        "C2",
        "C2C0",
        "E080AF",
        "E09FBF",
        "EDA080",
        "EDBFBF",
        "F08080AF",
        "F08FBFBF",
        "F4908080",
        "F5808080",
        "F888808080",
        "FC8480808080",
        "FE",
        "FF",
        "CEBAE1BDB9CE",
        "4142434445464748F4908080"
      })
  void refusesWhatIsNotUtf8(String hex) {
    byte[] text = java.util.HexFormat.of().parseHex(hex);
    assertThat(read(Wire.clientFrame(0x81, text))).containsExactly("INVALID_TEXT");
    assertThat(read(Wire.clientFrame(0x82, text))).hasSize(1).doesNotContain("INVALID_TEXT");
  }

  @Test
  void failsAtTheFirstByteThatCanNotBeText() {
    Notes notes = new Notes();
    FrameReader reader = new FrameReader(notes, MAX_MESSAGE, MAX_FRAGMENTS);
    ByteBuf frame = Wire.clientFrame(0x01, new byte[] {(byte) 0xF4, (byte) 0x90, 'x', 'x', 'x'});
    reader.read(frame.readSlice(8));
    assertThat(notes.found).containsExactly("INVALID_TEXT");
  }
}
