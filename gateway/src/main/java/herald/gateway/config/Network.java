package herald.gateway.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network of addresses, as {@code 10.0.0.0/8} or {@code fd00::/8}; without a prefix length one
 * address. An IPv4 address that is written as IPv6 ({@code ::ffff:10.0.0.1}) counts as IPv4.
 */
public final class Network {
  private static final int IPV4_BYTES = 4;
  private static final int MAPPED_PREFIX_BYTES = 12;

  private final byte[] prefix;
  private final int prefixBits;

  private Network(byte[] prefix, int prefixBits) {
    this.prefix = prefix;
    this.prefixBits = prefixBits;
  }

  /**
   * Reads one network.
   *
   * @throws IllegalArgumentException with one sentence that names the value
   */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    byte[] address = address(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      throw wrong(text);
    }
    int bits = address.length * Byte.SIZE;
    if (slash >= 0) {
      try {
        bits = Integer.parseInt(text.substring(slash + 1));
      } catch (NumberFormatException e) {
        throw wrong(text);
      }
      if (bits < 0 || bits > address.length * Byte.SIZE) {
        throw wrong(text);
      }
    }
    return new Network(address, bits);
  }

  /** Reads networks with commas between them; none from an empty text. */
  public static List<Network> parseAll(String text) {
    return text.isBlank()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(part -> parse(part.trim())).toList();
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is no network (expected: for example 10.0.0.0/8, 192.0.2.7 or fd00::/8)");
  }

  /** The bytes of an address literal; null if it is none. Asks no name server. */
  public static byte @Nullable [] address(String literal) {
    if (literal.indexOf('%') >= 0) {
      return null;
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(literal);
    return bytes == null ? null : unmapped(bytes);
  }

  /** The four bytes of an IPv4 address that is written as IPv6; any other as it is. */
  public static byte[] unmapped(byte[] address) {
    if (address.length == IPV4_BYTES) {
      return address;
    }
    for (int i = 0; i < MAPPED_PREFIX_BYTES; i++) {
      if (address[i] != (i < MAPPED_PREFIX_BYTES - 2 ? 0 : (byte) 0xFF)) {
        return address;
      }
    }
    return Arrays.copyOfRange(address, MAPPED_PREFIX_BYTES, address.length);
  }

  /** Whether one of {@code networks} holds the address. */
  public static boolean anyContains(List<Network> networks, InetAddress address) {
    for (Network network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the address is in this network. */
  public boolean contains(InetAddress address) {
    byte[] bytes = unmapped(address.getAddress());
    if (bytes.length != prefix.length) {
      return false;
    }
    int whole = prefixBits / Byte.SIZE;
    int rest = prefixBits % Byte.SIZE;
    if (!Arrays.equals(bytes, 0, whole, prefix, 0, whole)) {
      return false;
    }
    int mask = 0xFF00 >> rest;
    return rest == 0 || ((bytes[whole] ^ prefix[whole]) & mask & 0xFF) == 0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Network that
        && prefixBits == that.prefixBits
        && Arrays.equals(prefix, that.prefix);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(prefix) + prefixBits;
  }

  /** As it is written on the command line, with the prefix length. */
  @Override
  public String toString() {
    return NetUtil.bytesToIpAddress(prefix) + "/" + prefixBits;
  }
}
