package herald.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PostgreSQL would refuse as a slot's name is refused at the start. */
class WalSettingsTest {
  @Test
  void lowerCaseLettersDigitsAndUnderscoresAreAName() {
    assertThat(new WalSettings("relay_1", false).slot()).isEqualTo("relay_1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Relay", "re-lay", "re lay", "re'lay"})
  void nothingElseIs(String slot) {
    assertThatThrownBy(() -> new WalSettings(slot, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("slot is '");
  }
}
