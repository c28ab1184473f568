package herald.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoIdsTest {
  @ParameterizedTest
  @CsvSource({"7eP5n,1", "1,1", "+1,1", "+09,9", "2147483647,2147483647", "24182,24182"})
  void aNumberGoesBeforeAHashId(String text, int id) {
    assertThat(GoIds.userId(text)).hasValue(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "-1", "2147483648", "99999999999999999999", "1.0", " 1", "+", "no id"})
  void theRestIsNobody(String text) {
    assertThat(GoIds.userId(text)).isEmpty();
  }
}
