package herald.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:8080, 0.0.0.0, 8080",
    "localhost:0, localhost, 0",
    "[::1]:65535, ::1, 65535",
  })
  void isReadAndWritten(String text, String host, int port) {
    assertThat(HostPort.parse(text)).isEqualTo(new HostPort(host, port)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8080", ":8080", "host", "host:", "host:-1", "host:65536", "::1:80"})
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> HostPort.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'" + text + "' is not an address (expected: host:port, for example 0.0.0.0:8080)");
  }
}
