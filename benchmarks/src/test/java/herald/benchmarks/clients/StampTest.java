package herald.benchmarks.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StampTest {
  @Test
  void isFoundWhereItStands() {
    assertThat(find("{\"message\":\"" + Stamp.of(1_234_567_890_123L) + "xxx\"}"))
        .isEqualTo(1_234_567_890_123L);
  }

  @Test
  void isNotFoundWhereThereIsNone() {
    assertThat(find("{\"message\":\"hello\"}")).isEqualTo(Stamp.NONE);
    assertThat(find("{\"message\":\"me@home 12@\"}")).isEqualTo(Stamp.NONE);
    assertThat(find("@12")).isEqualTo(Stamp.NONE);
  }

  private static long find(String text) {
    ByteBuf in = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    return Stamp.find(in, 0, in.writerIndex());
  }
}
