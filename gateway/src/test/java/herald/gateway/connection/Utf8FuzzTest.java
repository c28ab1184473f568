package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The UTF-8 validator against the JDK's decoder, however the bytes are cut. */
class Utf8FuzzTest {
  @FuzzTest(maxDuration = "2m")
  void validatorAgreesWithTheJdk(byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    for (int step : new int[] {Math.max(1, bytes.length), 1, 3, 8}) {
      Utf8Validator validator = new Utf8Validator();
      boolean valid = true;
      for (int from = 0; valid && from < bytes.length; from += step) {
        valid = validator.accept(in, from, Math.min(bytes.length, from + step));
      }
      assertThat(valid).isEqualTo(FrameModel.isText(bytes, false));
      assertThat(valid && validator.finish()).isEqualTo(FrameModel.isText(bytes, true));
    }
  }
}
