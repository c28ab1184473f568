package herald.benchmarks.clients;

import static org.assertj.core.api.Assertions.assertThat;

import herald.protocol.RecoveredWallet;
import herald.protocol.RecoveryProvider;
import herald.protocol.SignedRequest;
import herald.protocol.WalletRecoveries;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SeededWalletsTest {
  @Test
  void signaturesAreThoseOfTheWallet() throws Exception {
    SeededWallets wallets = new SeededWallets("a seed");
    for (int index = 0; index < 10; index++) {
      String path = wallets.signedPath(index, 1_795_492_500_310L);
      int mark = path.indexOf('?');
      SignedRequest request =
          SignedRequest.parse(path.substring(0, mark), path.substring(mark + 1));
      byte[] signature =
          Base64.getDecoder().decode(Objects.requireNonNull(request.parameter("signature")));
      RecoveredWallet recovered =
          WalletRecoveries.choose(RecoveryProvider.JAVA)
              .recover(request.canonical().getBytes(StandardCharsets.UTF_8), signature);
      assertThat(recovered)
          .isNotNull()
          .extracting(RecoveredWallet::wallet)
          .isEqualTo(wallets.wallet(index));
    }
  }
}
