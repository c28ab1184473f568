package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.ByteSize;
import herald.gateway.config.InboundSettings;
import herald.gateway.testing.RawSocket;
import herald.gateway.testing.TestGateway.Eventually;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames that nobody may send, over real sockets. */
class BadFramesIT {
  private static final int MASK_BYTES = 4;

  private static RawSocket connected(BareServer server) throws Exception {
    RawSocket client = RawSocket.connect(server.port());
    client.send(BareServer.request());
    assertThat(client.status()).isEqualTo(101);
    return client;
  }

  private static byte[] bytes(String hex) {
    byte[] bytes = new byte[hex.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
    }
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({
    "unmasked, 810161, 1002",
    "reserved bit 1, C18100000000, 1002",
    "reserved bit 2, A18100000000, 1002",
    "reserved bit 3, 918100000000, 1002",
    "reserved opcode, 838100000000, 1002",
    "a message of 1 MiB and 1 byte, 82FF0000000000100001, 1009",
    "a length of 2^63-1, 82FF7FFFFFFFFFFFFFFF, 1009",
    "a length of 2^63, 82FF8000000000000000, 1002",
    "a length of 2^64-1, 82FFFFFFFFFFFFFFFFFF, 1002",
    "a control frame of 126 bytes, 89FE007E, 1002",
  })
  void areAnsweredWithTheirCloseCode(String what, String frame, int code) throws Exception {
    try (BareServer server = new BareServer(BareServer.config().build());
        RawSocket client = connected(server)) {
      long begin = System.nanoTime();
      client.send(bytes(frame));
      int opcode = client.socket().getInputStream().read();
      client.socket().getInputStream().read();
      int high = client.socket().getInputStream().read();
      int low = client.socket().getInputStream().read();
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      assertThat(opcode).isEqualTo(0x88);
      assertThat(high << 8 | low).isEqualTo(code);
      Sizes.figure("%s: close frame %d after %d ms", what, code, millis);
    }
  }

  /** One frame, as often as it fits into 64 KB. */
  private static byte[] many(ByteBuf frame) {
    int length = frame.readableBytes();
    byte[] all = new byte[65_536 / length * length];
    for (int i = 0; i < all.length; i += length) {
      frame.getBytes(0, all, i, length);
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource({"one-byte, 1", "empty, 0"})
  void aMillionFragmentsAreCutOff(String kind, int payloadBytes) throws Exception {
    int fragmentBytes = 2 + MASK_BYTES + payloadBytes;
    int wanted = 1_000_000;
    byte[] fragments = many(Wire.clientFrame(0x00, new byte[payloadBytes]));
    try (BareServer server =
            new BareServer(
                BareServer.config()
                    .inbound(new InboundSettings(new ByteSize(0), 0, 20_000))
                    .build());
        RawSocket client = connected(server)) {
      client.send(copy(Wire.clientFrame(0x02, new byte[payloadBytes])));
      long heapBefore = usedHeap();
      long sent = 0;
      try {
        while (sent < (long) wanted * fragmentBytes) {
          client.send(fragments);
          sent += fragments.length;
        }
      } catch (IOException e) {
        // Cut off, as it should be.
      }
      long grown = usedHeap() - heapBefore;
      Eventually.holds("it is cut off", 30, () -> server.ends(CloseReason.TOO_MANY_FRAGMENTS) == 1);
      Sizes.figure(
          "a million %s fragments: cut off by the 20,001st, heap %+d KB", kind, grown >> 10);
      assertThat(grown).isLessThan(8 << 20);
    }
  }

  private static byte[] copy(ByteBuf frame) {
    byte[] bytes = new byte[frame.readableBytes()];
    frame.readBytes(bytes);
    frame.release();
    return bytes;
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void aFloodOfPingsIsCutOff() throws Exception {
    byte[] pings = many(Unpooled.wrappedBuffer(copy(Wire.clientFrame(0x89, ""))));
    try (BareServer server = new BareServer(BareServer.config().build());
        RawSocket client = connected(server)) {
      long begin = System.nanoTime();
      client.send(pings);
      Eventually.holds("it is cut off", 30, () -> server.ends(CloseReason.TOO_MUCH_INBOUND) == 1);
      Sizes.figure(
          "a flood of pings: gone after %d ms, the close timeout included",
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }
  }
}
