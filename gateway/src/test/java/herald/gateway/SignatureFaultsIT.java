package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.RawSocket;
import herald.gateway.testing.TestGateway;
import herald.protocol.WalletKey;
import java.math.BigInteger;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Signed URLs that are bent, used again, or no signatures at all: one status each, always. */
class SignatureFaultsIT {
  private static final String PATH = "/comms/chats/ws";
  private static final int HALF = 32;
  private static final int RECOVERY_ID = 64;
  private static final BigInteger ORDER =
      new BigInteger("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", 16);

  private static final WalletKey KEY = WalletKey.random(new SecureRandom());
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    new Community(database.dataSource()).createUser("ada", KEY.wallet());
    gateway = TestGateway.start(database.url());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String signed() {
    return KEY.signedPath(PATH, System.currentTimeMillis(), Map.of("device", "phone"));
  }

  private static int status(String path) throws Exception {
    try (RawSocket client = RawSocket.connect(gateway.port())) {
      client.send(
          "GET "
              + path
              + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      return client.status();
    }
  }

  @Test
  void aSignedUrlMayBeUsedAgainWithinItsLife() throws Exception {
    String path = signed();
    for (int i = 0; i < 3; i++) {
      assertThat(status(path)).isEqualTo(101);
    }
  }

  @Test
  void anExpiredOneMayNot() throws Exception {
    long now = System.currentTimeMillis();
    long life = TimeUnit.HOURS.toMillis(12);
    long margin = TimeUnit.MINUTES.toMillis(1);
    assertThat(status(KEY.signedPath(PATH, now - life - margin))).isEqualTo(400);
    assertThat(status(KEY.signedPath(PATH, now + life + margin))).isEqualTo(400);
    assertThat(status(KEY.signedPath(PATH, now - life + margin))).isEqualTo(101);
    assertThat(status(KEY.signedPath(PATH, now + life - margin))).isEqualTo(101);
  }

  @Test
  void oneForAnotherPathMayNot() throws Exception {
    String path = KEY.signedPath("/comms/chats", System.currentTimeMillis());
    assertThat(status(path)).isEqualTo(404);
    assertThat(status(path.replace("/comms/chats", PATH))).isEqualTo(400);
  }

  @Test
  void oneWithAChangedParameterMayNot() throws Exception {
    String path = signed();
    assertThat(status(path.replace("device=phone", "device=tablet"))).isEqualTo(400);
    assertThat(status(path.replace("device=phone&", ""))).isEqualTo(400);
    assertThat(status(path + "&more=1")).isEqualTo(400);
    assertThat(status(path.replaceAll("timestamp=(\\d+)\\d", "timestamp=$10"))).isIn(400, 101);
    assertThat(status(path + "&api_key=1")).as("this one is not signed").isEqualTo(101);
  }

  private static byte[] signature(String path) {
    String text = path.replaceAll(".*[?&]signature=([^&]*).*", "$1");
    return Base64.getDecoder().decode(URLDecoder.decode(text, StandardCharsets.US_ASCII));
  }

  private static String with(String path, byte[] signature) {
    String text =
        URLEncoder.encode(Base64.getEncoder().encodeToString(signature), StandardCharsets.US_ASCII);
    return path.replaceAll("([?&]signature=)[^&]*", "$1" + text);
  }

  private static byte[] bytes(BigInteger number) {
    byte[] all = number.toByteArray();
    byte[] fixed = new byte[HALF];
    int length = Math.min(HALF, all.length);
    System.arraycopy(all, all.length - length, fixed, HALF - length, length);
    return fixed;
  }

  private static byte[] put(byte[] signature, int at, byte[] half) {
    byte[] changed = signature.clone();
    System.arraycopy(half, 0, changed, at, HALF);
    return changed;
  }

  @Test
  void recoveryIds() throws Exception {
    String path = signed();
    byte[] good = signature(path);
    for (int id = 0; id < 256; id++) {
      byte[] changed = good.clone();
      changed[RECOVERY_ID] = (byte) id;
      int expected = id == good[RECOVERY_ID] ? 101 : 400;
      assertThat(status(with(path, changed))).as("recovery id %d", id).isEqualTo(expected);
    }
  }

  @Test
  void numbersOutOfRange() throws Exception {
    String path = signed();
    byte[] good = signature(path);
    for (int at : new int[] {0, HALF}) {
      for (BigInteger number :
          new BigInteger[] {
            BigInteger.ZERO,
            ORDER,
            ORDER.add(BigInteger.ONE),
            BigInteger.TWO.pow(256).subtract(BigInteger.ONE)
          }) {
        byte[] changed = put(good, at, bytes(number));
        assertThat(status(with(path, changed))).as("%s at %d", number, at).isEqualTo(400);
      }
    }
    assertThat(status(with(path, new byte[65]))).isEqualTo(400);
  }

  @Test
  void lengths() throws Exception {
    String path = signed();
    byte[] good = signature(path);
    for (int length : new int[] {0, 1, 64, 66, 130}) {
      assertThat(status(with(path, Arrays.copyOf(good, length)))).isEqualTo(400);
    }
  }

  @Test
  void aHighSIsAccepted() throws Exception {
    String path = signed();
    byte[] good = signature(path);
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(good, HALF, 2 * HALF));
    byte[] high = put(good, HALF, bytes(ORDER.subtract(s)));
    high[RECOVERY_ID] ^= 1;
    assertThat(status(with(path, high))).isEqualTo(101);
  }
}
