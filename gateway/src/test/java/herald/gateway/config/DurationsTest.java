package herald.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "0ms, PT0S, 0s",
    "0h, PT0S, 0s",
    "500ms, PT0.5S, 500ms",
    "1500MS, PT1.5S, 1500ms",
    "30s, PT30S, 30s",
    "60s, PT1M, 1m",
    "90s, PT1M30S, 90s",
    "10m, PT10M, 10m",
    "120m, PT2H, 2h",
    "24h, PT24H, 24h",
  })
  void isReadAndWrittenAsOperatorsWriteIt(String text, Duration duration, String normal) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
    assertThat(Durations.text(duration)).isEqualTo(normal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "-1s", "1.5s", "5 s", "1d", "1234567890123s"})
  void whatIsNoDurationIsRefused(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + text + "' is not a duration like 500ms, 30s, 10m or 12h");
  }
}
