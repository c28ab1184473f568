package herald.gateway.admission;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.config.Network;
import herald.gateway.config.ProxySettings;
import herald.gateway.config.ProxySettings.Header;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedForTest {
  private static final String TRUSTED = "10.0.0.0/8, fd00::/8";

  private static String client(Header header, String peer, String... lines) {
    ForwardedFor forwarded =
        new ForwardedFor(new ProxySettings(Network.parseAll(TRUSTED), false, header));
    return forwarded.client(requireNonNull(ClientAddress.parse(peer)), List.of(lines)).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.1    | 192.0.2.1                        | 192.0.2.1",
        "10.0.0.1    | 198.51.100.9, 192.0.2.1          | 192.0.2.1",
        "10.0.0.1    | 198.51.100.9, 192.0.2.1, 10.2.3.4 | 192.0.2.1",
        "10.0.0.1    | 10.9.9.9, 192.0.2.1, 10.2.3.4    | 192.0.2.1",
        "10.0.0.1    | 10.9.9.9, 10.2.3.4               | 10.9.9.9",
        "10.0.0.1    | 192.0.2.1:4711                   | 192.0.2.1",
        "10.0.0.1    | 2001:db8::1                      | 2001:db8:0:0:0:0:0:1",
        "10.0.0.1    | [2001:db8::1]:4711               | 2001:db8:0:0:0:0:0:1",
        "10.0.0.1    | ::ffff:192.0.2.1                 | 192.0.2.1",
        "10.0.0.1    | 192.0.2.1, unknown               | 10.0.0.1",
        "10.0.0.1    | 192.0.2.1, unknown, 10.0.0.2     | 10.0.0.2",
        "10.0.0.1    | localhost                        | 10.0.0.1",
        "10.0.0.1    | ''                               | 10.0.0.1",
        "192.0.2.200 | 198.51.100.9                     | 192.0.2.200",
        "11.0.0.1    | 198.51.100.9                     | 11.0.0.1",
        "fd00::1     | 198.51.100.9                     | 198.51.100.9",
      })
  void takesTheRightmostThatIsNotTrusted(String peer, String value, String expected) {
    assertThat(client(Header.X_FORWARDED_FOR, peer, value)).isEqualTo(expected);
  }

  @Test
  void readsSeveralLinesAsOneList() {
    assertThat(client(Header.X_FORWARDED_FOR, "10.0.0.1", "198.51.100.9", "192.0.2.1, 10.0.0.3"))
        .isEqualTo("192.0.2.1");
    assertThat(client(Header.X_FORWARDED_FOR, "10.0.0.1")).isEqualTo("10.0.0.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "for=192.0.2.1                                  | 192.0.2.1",
        "for=198.51.100.9, for=192.0.2.1;proto=https    | 192.0.2.1",
        "proto=http;For=\"[2001:db8::1]:4711\"          | 2001:db8:0:0:0:0:0:1",
        "for=192.0.2.1, for=_hidden                     | 10.0.0.1",
        "for=192.0.2.1, for=unknown                     | 10.0.0.1",
        "for=192.0.2.1, by=10.0.0.9                     | 10.0.0.1",
        "for=\"                                         | 10.0.0.1",
      })
  void readsForwarded(String value, String expected) {
    assertThat(client(Header.FORWARDED, "10.0.0.1", value)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "example.com", "fd00::/129", "x/8"})
  void namesWhatIsNoNetwork(String text) {
    assertThatThrownBy(() -> Network.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no network (expected: ");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.0/9, 10.127.255.255, true",
    "10.0.0.0/9, 10.128.0.0, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "0.0.0.0/0, 203.0.113.1, true",
    "0.0.0.0/0, ::1, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::/0, 203.0.113.1, false",
  })
  void knowsWhatIsInANetwork(String network, String address, boolean inside) {
    assertThat(Network.parse(network).contains(requireNonNull(ClientAddress.parse(address)).inet()))
        .isEqualTo(inside);
  }
}
