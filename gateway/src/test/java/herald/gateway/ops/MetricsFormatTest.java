package herald.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsFormatTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/* | TEXT",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | TEXT",
        "application/openmetrics-text | OPEN_METRICS",
        "Application/OpenMetrics-Text; version=1.0.0 | OPEN_METRICS",
        "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
            + " | OPEN_METRICS",
        "text/plain;q=0.3, application/openmetrics-text;q=0.2 | TEXT",
        "application/openmetrics-text;q=0 | TEXT",
        "application/openmetrics-text;q=much | TEXT",
        "application/openmetrics-text;q=NaN | TEXT",
        "application/openmetrics-textual | TEXT",
        "text/plain;version=0.0.4 | TEXT",
        ",;,;; | TEXT",
      })
  void isWhatTheHeaderPrefers(String accept, MetricsFormat format) {
    assertThat(MetricsFormat.choose(List.of(accept))).isEqualTo(format);
  }

  @Test
  void isTextWithoutAHeaderAndOneOfSeveralHeadersIsEnough() {
    assertThat(MetricsFormat.choose(List.of())).isEqualTo(MetricsFormat.TEXT);
    assertThat(
            MetricsFormat.choose(List.of("text/plain;q=0.5", "application/openmetrics-text;q=0.9")))
        .isEqualTo(MetricsFormat.OPEN_METRICS);
  }
}
