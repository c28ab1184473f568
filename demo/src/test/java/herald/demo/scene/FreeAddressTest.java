package herald.demo.scene;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreeAddressTest {
  private final List<String> said = new ArrayList<>();

  @Test
  void anAddressThatIsFreeIsTaken() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    assertThat(FreeAddress.near(any, said::add)).isEqualTo(any);
    assertThat(said).isEmpty();
  }

  @Test
  void aPortThatIsTakenIsSaidAndTheNextIsUsed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = (InetSocketAddress) taken.getLocalSocketAddress();
      InetSocketAddress found = FreeAddress.near(address, said::add);
      assertThat(found.getPort()).isGreaterThan(address.getPort());
      assertThat(said)
          .singleElement()
          .asString()
          .contains("port " + address.getPort(), "using port " + found.getPort());
    }
  }
}
