package herald.benchmarks.servers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ScrapeTest {
  private final Scrape scrape =
      new Scrape(
          """
          # TYPE lag_seconds histogram
          lag_seconds_bucket{loop="1",le="0.01"} 7
          lag_seconds_bucket{loop="1",le="+Inf"} 9
          lag_seconds_bucket{loop="2",le="0.01"} 1.5E1
          lag_seconds_count{loop="1"} 9
          lag_seconds_counted 100
          open_connections 3.0
          """);

  @Test
  void sumsAMetricOverItsLabels() {
    assertThat(scrape.sum("lag_seconds_bucket", "le=\"0.01\"")).isEqualTo(22);
    assertThat(scrape.sum("open_connections")).isEqualTo(3);
  }

  @Test
  void takesNoMetricForAnotherThatBeginsAlike() {
    assertThat(scrape.sum("lag_seconds_count")).isEqualTo(9);
    assertThat(scrape.sum("lag_seconds")).isZero();
  }
}
