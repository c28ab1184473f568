package herald.gateway.admission;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * As whom a connection was let in: the user, and the wallet that has signed for the user. The
 * wallet's 20 bytes are kept as numbers, since each connection has one of these.
 */
public record WalletUser(int userId, long high, long middle, int low) {
  private static final String PREFIX = "0x";
  private static final int WALLET_BYTES = 20;

  /**
   * The user of this wallet.
   *
   * @param wallet {@code 0x} and 40 lower-case hex digits
   */
  public static WalletUser of(int userId, String wallet) {
    ByteBuffer bytes =
        ByteBuffer.wrap(HexFormat.of().parseHex(wallet, PREFIX.length(), wallet.length()));
    return new WalletUser(userId, bytes.getLong(), bytes.getLong(), bytes.getInt());
  }

  /** {@code 0x} and 40 lower-case hex digits. */
  public String wallet() {
    ByteBuffer bytes = ByteBuffer.allocate(WALLET_BYTES);
    bytes.putLong(high).putLong(middle).putInt(low);
    return PREFIX + HexFormat.of().formatHex(bytes.array());
  }

  /** The user alone: a wallet is in no log line. */
  @Override
  public String toString() {
    return "user " + userId;
  }
}
