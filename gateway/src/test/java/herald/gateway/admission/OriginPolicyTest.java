package herald.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.config.Origin;
import herald.gateway.config.OriginSettings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPolicyTest {
  private final OriginPolicy policy =
      new OriginPolicy(
          new OriginSettings(
              Origin.parseAll(
                  "https://example.com, http://localhost:3000,capacitor://localhost,"
                      + "https://[2001:db8::1]"),
              false));

  @ParameterizedTest
  @CsvSource({
    "https://example.com, true",
    "https://EXAMPLE.com, true",
    "https://example.com:443, true",
    "http://localhost:3000, true",
    "capacitor://localhost, true",
    "https://[2001:db8::1], true",
    "https://evilexample.com, false",
    "https://example.com.evil.net, false",
    "https://www.example.com, false",
    "https://example.com., false",
    "http://example.com, false",
    "https://example.com:444, false",
    "http://localhost, false",
    "https://example.com/, false",
    "https://example.com@evil.net, false",
    "https://example.com#, false",
    "example.com, false",
    "null, false",
    "'', false",
    "'https://example.com https://evil.net', false",
  })
  void goesByExactSchemeHostAndPort(String origin, boolean allowed) {
    assertThat(policy.allows(List.of(origin))).isEqualTo(allowed);
  }

  @Test
  void refusesTwo() {
    assertThat(policy.allows(List.of("https://example.com", "https://example.com"))).isFalse();
  }

  @Test
  void letsNativeAppsInUnlessAnOriginIsRequired() {
    assertThat(policy.allows(List.of())).isTrue();
    OriginSettings strict = new OriginSettings(Origin.parseAll("https://example.com"), true);
    assertThat(new OriginPolicy(strict).allows(List.of())).isFalse();
  }

  @Test
  void allowsAnyPageWithoutAList() {
    OriginPolicy open = new OriginPolicy(OriginSettings.defaults());
    assertThat(open.allows(List.of("https://anything.example"))).isTrue();
    assertThat(open.allows(List.of("null"))).isTrue();
    assertThat(open.allows(List.of())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.com", "https://", "https://*.example.com", "null", "https://a,"})
  void namesWhatIsNoOrigin(String text) {
    assertThatThrownBy(() -> Origin.parseAll(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no origin (expected: scheme://host");
  }
}
