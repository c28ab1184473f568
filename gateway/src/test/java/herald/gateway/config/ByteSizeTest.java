package herald.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "512, 512, 512",
    "1024, 1024, 1k",
    "64K, 65536, 64k",
    "1536, 1536, 1536",
    "1536k, 1572864, 1536k",
    "256m, 268435456, 256m",
    "2048m, 2147483648, 2g",
    "8589934591g, 9223372035781033984, 8589934591g",
  })
  void isReadAndWrittenAsOperatorsWriteIt(String text, long bytes, String normal) {
    assertThat(ByteSize.parse(text)).isEqualTo(new ByteSize(bytes)).hasToString(normal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "k", "-1", "1.5k", "1 k", "1kb", "1t", "1234567890123"})
  void whatIsNoSizeIsRefused(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + text + "' is not a size like 512, 64k, 256m or 2g");
  }

  @Test
  void whatIsMoreThanALongIsRefused() {
    assertThatThrownBy(() -> ByteSize.parse("8589934592g"))
        .hasMessageStartingWith("'8589934592g' is too large");
    assertThatThrownBy(() -> new ByteSize(-1))
        .hasMessage("a size is -1 bytes (expected: 0 or more)");
  }

  @Test
  void unitsArePowersOfTwo() {
    assertThat(ByteSize.ofKibibytes(64)).isEqualTo(ByteSize.parse("64k"));
    assertThat(ByteSize.ofMebibytes(3)).isEqualTo(ByteSize.parse("3m"));
  }
}
