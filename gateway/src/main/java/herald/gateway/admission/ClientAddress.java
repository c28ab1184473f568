package herald.gateway.admission;

import herald.gateway.config.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a client comes from.
 *
 * @param inet IPv4 where it is one written as IPv6
 */
public record ClientAddress(InetAddress inet) {
  private static final long IPV4 = 0xFFFFL << 32;

  /** Brings both spellings of an IPv4 address to one. */
  public ClientAddress {
    try {
      inet = InetAddress.getByAddress(Network.unmapped(inet.getAddress()));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("the bytes of an address are an address", e);
    }
  }

  /** The address of a literal, without asking a name server; null if it is none. */
  public static @Nullable ClientAddress parse(String literal) {
    byte[] bytes = Network.address(literal);
    try {
      return bytes == null ? null : new ClientAddress(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /**
   * What limits go by: the whole address of IPv4, the /64 of IPv6. An IPv4 key has the form of the
   * reserved ::/16, so the two never meet.
   */
  long key() {
    byte[] bytes = inet.getAddress();
    return bytes.length == Integer.BYTES
        ? IPV4 | (ByteBuffer.wrap(bytes).getInt() & 0xFFFF_FFFFL)
        : ByteBuffer.wrap(bytes).getLong();
  }

  /** Without what tells one customer from the next: the /24 of IPv4, the /48 of IPv6. */
  public String shortened() {
    byte[] bytes = inet.getAddress();
    int kept = bytes.length == Integer.BYTES ? 3 : 6;
    Arrays.fill(bytes, kept, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes).getHostAddress() + "/" + kept * Byte.SIZE;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
    }
  }

  @Override
  public String toString() {
    return inet.getHostAddress();
  }
}
