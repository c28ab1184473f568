package herald.gateway.admission;

import herald.gateway.config.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The address of a client.
 *
 * @param inet an IPv4 address also where it was given as an IPv4-mapped IPv6 address
 */
public record ClientAddress(InetAddress inet) {
  private static final long IPV4 = 0xFFFFL << 32;

  /** Turns an IPv4-mapped IPv6 address into the IPv4 address. */
  public ClientAddress {
    try {
      inet = InetAddress.getByAddress(Network.unmapped(inet.getAddress()));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("the bytes of an address are an address", e);
    }
  }

  /** Parses an address literal, without asking a name server; null if it is none. */
  public static @Nullable ClientAddress parse(String literal) {
    byte[] bytes = Network.address(literal);
    try {
      return bytes == null ? null : new ClientAddress(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /**
   * The key by which clients are limited: the whole IPv4 address, or the /64 network of an IPv6
   * address. IPv4 keys lie in the reserved network ::/16, so that they never equal an IPv6 key.
   */
  long key() {
    byte[] bytes = inet.getAddress();
    return bytes.length == Integer.BYTES
        ? IPV4 | (ByteBuffer.wrap(bytes).getInt() & 0xFFFF_FFFFL)
        : ByteBuffer.wrap(bytes).getLong();
  }

  /** Shortened so that it names no single customer: the /24 of IPv4, the /48 of IPv6. */
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
