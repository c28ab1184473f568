package herald.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.128/25, 192.0.2.200, true",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fe00::1, false",
    "::ffff:10.0.0.0/8, 10.1.2.3, true",
  })
  void holdsItsAddressesAlone(String network, String address, boolean holds)
      throws UnknownHostException {
    assertThat(Network.parse(network).contains(InetAddress.getByName(address))).isEqualTo(holds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "host", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "fe80::1%eth0"})
  void whatIsNoNetworkIsRefused(String text) {
    assertThatThrownBy(() -> Network.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + text + "' is no network (expected: ");
  }

  @Test
  void theSameTextIsTheSameNetworkAndIsShown() {
    assertThat(Network.parseAll("10.0.0.0/8, 192.0.2.7"))
        .isEqualTo(Network.parseAll("10.0.0.0/8,192.0.2.7/32"))
        .hasToString("[10.0.0.0/8, 192.0.2.7/32]");
    assertThat(Network.parse("10.0.0.0/8")).isNotEqualTo(Network.parse("10.0.0.0/9"));
    assertThat(Network.parseAll(" ")).isEmpty();
  }
}
