package herald.gateway.admission;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.LimitSettings;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final String WALLET = "0x" + "0123456789abcdef".repeat(2) + "89abcdef";

  private final List<AdmissionPermit> permits = new ArrayList<>();
  private long nowNanos = 1;

  private @Nullable Limit come(Admission admission, String address) {
    AdmissionPermit permit = admission.newPermit();
    permits.add(permit);
    Limit limit = permit.acquireConnection();
    ClientAddress from = requireNonNull(ClientAddress.parse(address));
    return limit == null ? permit.acquireForAddress(from, nowNanos) : limit;
  }

  private static LimitSettings limits(int address, int user, int addressRate, int rate) {
    return LimitSettings.unlimitedBuilder()
        .connectionsPerAddress(address)
        .connectionsPerUser(user)
        .handshakesPerSecondPerAddress(addressRate)
        .handshakesPerSecond(rate)
        .maxHeld(10)
        .build();
  }

  @Test
  void limitsConnectionsInAll() {
    Admission admission = new Admission(2, limits(0, 0, 0, 0), 0);
    assertThat(come(admission, "192.0.2.1")).isNull();
    assertThat(come(admission, "192.0.2.2")).isNull();
    assertThat(come(admission, "192.0.2.3")).isEqualTo(Limit.CONNECTIONS);
    permits.get(2).release();
    assertThat(admission.connections()).as("who was refused has taken nothing").isEqualTo(2);
    permits.get(0).release();
    permits.get(0).release();
    assertThat(admission.connections()).as("a place is given back once").isEqualTo(1);
    assertThat(come(admission, "192.0.2.3")).isNull();
  }

  @Test
  void limitsConnectionsOfAnAddress() {
    Admission admission = new Admission(100, limits(2, 0, 0, 0), 0);
    assertThat(come(admission, "192.0.2.1")).isNull();
    assertThat(come(admission, "::ffff:192.0.2.1")).as("the same, written as IPv6").isNull();
    assertThat(come(admission, "192.0.2.1")).isEqualTo(Limit.CONNECTIONS_OF_ADDRESS);
    assertThat(come(admission, "192.0.2.2")).isNull();
    permits.get(0).release();
    assertThat(come(admission, "192.0.2.1")).isNull();
  }

  /** As a socket that is bound to {@code ::} names an IPv4 client. */
  @Test
  void tellsIpv4ClientsApartOnAnIpv6Socket() throws Exception {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xFF;
    mapped[11] = (byte) 0xFF;
    System.arraycopy(new byte[] {(byte) 192, 0, 2, 1}, 0, mapped, 12, 4);
    ClientAddress address = new ClientAddress(Inet6Address.getByAddress(null, mapped, 0));
    assertThat(address).isEqualTo(ClientAddress.parse("192.0.2.1"));
    assertThat(address.key()).isNotEqualTo(requireNonNull(ClientAddress.parse("192.0.2.2")).key());
  }

  @Test
  void takesAnIpv6NetworkForOneAddress() {
    Admission admission = new Admission(100, limits(1, 0, 0, 0), 0);
    assertThat(come(admission, "2001:db8:0:1::1")).isNull();
    assertThat(come(admission, "2001:db8:0:1:ffff::2")).isEqualTo(Limit.CONNECTIONS_OF_ADDRESS);
    assertThat(come(admission, "2001:db8:0:2::1")).isNull();
  }

  @Test
  void limitsConnectionsOfAUser() {
    Admission admission = new Admission(100, limits(0, 2, 0, 0), 0);
    for (int i = 0; i < 3; i++) {
      come(admission, "192.0.2.1");
    }
    assertThat(permits.get(0).acquireForUser(WalletUser.of(7, WALLET))).isNull();
    assertThat(permits.get(1).acquireForUser(WalletUser.of(7, WALLET))).isNull();
    assertThat(permits.get(2).acquireForUser(WalletUser.of(7, WALLET)))
        .isEqualTo(Limit.CONNECTIONS_OF_USER);
    assertThat(permits.get(2).acquireForUser(WalletUser.of(8, WALLET))).isNull();
    assertThat(admission.users()).containsExactlyInAnyOrder(7, 8);
    assertThat(admission.walletUsers())
        .containsExactlyInAnyOrder(WalletUser.of(7, WALLET), WalletUser.of(8, WALLET))
        .allMatch(each -> each.wallet().equals(WALLET));
    permits.forEach(AdmissionPermit::release);
    assertThat(admission.users()).isEmpty();
    assertThat(admission.walletUsers()).isEmpty();
  }

  @Test
  void oneAddressCannotUseUpTheHandshakesOfAll() {
    Admission admission = new Admission(10_000, limits(0, 0, 2, 100), 0);
    for (int i = 0; i < 1_000; i++) {
      come(admission, "192.0.2.1");
    }
    assertThat(come(admission, "192.0.2.1")).isEqualTo(Limit.HANDSHAKES_OF_ADDRESS);
    for (int i = 0; i < 80; i++) {
      assertThat(come(admission, "192.0.3." + i)).isNull();
    }
    assertThat(come(admission, "192.0.2.2")).isEqualTo(Limit.HANDSHAKES);
    nowNanos += TimeUnit.SECONDS.toNanos(1);
    assertThat(come(admission, "192.0.2.2")).isNull();
  }
}
