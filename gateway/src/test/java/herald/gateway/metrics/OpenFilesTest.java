package herald.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenFilesTest {
  private static final int MOST = 256;

  @Test
  void whereTheyCanNotBeCountedAnyMoreNoneIsLeft() {
    double[] counted = {40};
    OpenFiles files = new OpenFiles(() -> counted[0], () -> MOST);
    assertThat(files.count()).isEqualTo(40);
    counted[0] = Double.NaN;
    files.countAnew();
    assertThat(files.count()).isEqualTo(MOST);
    counted[0] = 41;
    files.countAnew();
    assertThat(files.count()).isEqualTo(41);
  }

  @Test
  void whereTheyCanNeverBeCountedTheNumberIsUnknown() {
    OpenFiles files = new OpenFiles(() -> Double.NaN, () -> MOST);
    files.countAnew();
    assertThat(files.count()).isNaN();
  }
}
