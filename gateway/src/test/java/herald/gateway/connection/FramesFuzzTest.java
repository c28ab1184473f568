package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import herald.gateway.connection.Wire.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bytes of any kind after the 101: the reader finds what a model of RFC 6455 finds that has all
 * bytes before it, however they are cut, and the production pipeline answers accordingly.
 */
class FramesFuzzTest {
  private static final int MAX_MESSAGE = 1 << 20;

  /**
   * @param bytes the first says how the rest, which is what a client sends, is cut
   */
  @FuzzTest(maxDuration = "3m")
  void framesAreReadAsTheModelReadsThem(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    byte[] sent = Arrays.copyOfRange(bytes, 1, bytes.length);
    int step = 1 + (bytes[0] & 0xFF);
    List<String> expected = FrameModel.read(sent, MAX_MESSAGE);
    assertThat(found(sent, Math.max(1, sent.length))).isEqualTo(expected);
    assertThat(found(sent, step)).isEqualTo(expected);
    assertAnswered(sent, step, expected);
  }

  private static List<ByteBuf> cut(byte[] sent, int step) {
    List<ByteBuf> pieces = new ArrayList<>();
    for (int from = 0; from < sent.length; from += step) {
      pieces.add(
          Unpooled.copiedBuffer(
              Arrays.copyOfRange(sent, from, Math.min(sent.length, from + step))));
    }
    return pieces;
  }

  private static List<String> found(byte[] sent, int step) {
    Notes notes = new Notes();
    FrameReader reader = new FrameReader(notes, MAX_MESSAGE, Integer.MAX_VALUE);
    cut(sent, step).forEach(reader::read);
    return notes.found;
  }

  private static void assertAnswered(byte[] sent, int step, List<String> expected) {
    Wire wire = new Wire().connected();
    try {
      cut(sent, step).stream().takeWhile(piece -> wire.channel.isOpen()).forEach(wire::receive);
      List<Frame> frames = wire.sentFrames();
      List<String> answers = new ArrayList<>();
      for (String what : expected) {
        if (what.startsWith("ping ")) {
          answers.add("10 " + what.substring(5));
        } else if (!what.startsWith("pong ")
            && !what.startsWith("text ")
            && !what.startsWith("binary ")) {
          answers.add("8 " + closeCode(what));
        }
      }
      assertThat(
              frames.stream()
                  .map(
                      frame ->
                          frame.opcode()
                              + " "
                              + (frame.opcode() == Frames.OPCODE_CLOSE
                                  ? frame.closeCode()
                                  : frame.payload())))
          .isEqualTo(answers);
      boolean clientClosed = expected.stream().anyMatch(what -> what.startsWith("close "));
      assertThat(wire.channel.isOpen()).isEqualTo(!clientClosed);
      wire.channel.checkException();
    } finally {
      wire.finish();
    }
  }

  private static int closeCode(String what) {
    if (what.startsWith("close ")) {
      int code = Integer.parseInt(what.substring(6));
      return code == 0 ? CloseReason.CLIENT_CLOSED.code() : code;
    }
    return CloseReason.valueOf(what).code();
  }
}
