package herald.benchmarks.growth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class GrowthLineTest {
  private static GrowthLine line(boolean isPerOne, DoubleUnaryOperator cost) {
    GrowthLines lines = new GrowthLines();
    for (double amount = 10; amount <= 10_000; amount *= 10) {
      if (isPerOne) {
        lines.addPerOne("connections", amount, "heap", "KB", cost.applyAsDouble(amount));
      } else {
        lines.add("connections", amount, "heap", "KB", cost.applyAsDouble(amount));
      }
    }
    assertThat(lines.lines()).hasSize(1);
    return lines.lines().get(0);
  }

  @Test
  void aCostOfOneThatStaysAsItIsIsLinear() {
    GrowthLine line = line(true, amount -> 7);
    assertThat(line.exponent()).isCloseTo(1, within(0.001));
    assertThat(line.isFasterThanLinear()).isFalse();
  }

  @Test
  void aCostOfTheWholeThatStaysAsItIsDoesNotGrow() {
    assertThat(line(false, amount -> 7).exponent()).isCloseTo(0, within(0.001));
  }

  @Test
  void aCostOfOneThatGrowsIsFasterThanLinear() {
    GrowthLine line = line(true, amount -> Math.pow(amount, 0.2));
    assertThat(line.exponent()).isCloseTo(1.2, within(0.001));
    assertThat(line.isFasterThanLinear()).isTrue();
  }

  @Test
  void whatComesOutAsNothingIsNotALogarithm() {
    GrowthLine line = line(true, amount -> amount == 10 ? -1 : 7);
    assertThat(line.exponent()).isCloseTo(1, within(0.001));
    assertThat(line(true, amount -> 0).exponent()).isZero();
  }
}
