package herald.gateway.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A process of sockets that say nothing, or one byte a second. Arguments: port, how many, how many
 * of them are slow and not silent, the seconds to wait. Prints how many were closed by the other
 * side, and when the last was.
 */
final class SilentSockets {
  private static final int PER_SOURCE = 5_000;
  private static final byte[] REQUEST =
      ("GET /comms/chats/ws?" + "a".repeat(1_000)).getBytes(StandardCharsets.US_ASCII);

  private SilentSockets() {}

  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(args[0]);
    int count = Integer.parseInt(args[1]);
    int slow = Integer.parseInt(args[2]);
    long patienceNanos = Long.parseLong(args[3]) * 1_000_000_000L;
    Selector selector = Selector.open();
    List<SocketChannel> slowOnes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SocketChannel socket = SocketChannel.open();
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      socket.bind(new InetSocketAddress(source(i), 0));
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.configureBlocking(false);
      socket.register(selector, SelectionKey.OP_READ);
      if (i < slow) {
        slowOnes.add(socket);
      }
    }
    System.out.println("connected");
    long begin = System.nanoTime();
    int closed = 0;
    long lastNanos = 0;
    int sent = 0;
    ByteBuffer buffer = ByteBuffer.allocate(1_024);
    while (closed < count && System.nanoTime() - begin < patienceNanos) {
      selector.select(100);
      for (SelectionKey key : selector.selectedKeys()) {
        if (isClosed((SocketChannel) key.channel(), buffer)) {
          key.cancel();
          key.channel().close();
          closed++;
          lastNanos = System.nanoTime() - begin;
        }
      }
      selector.selectedKeys().clear();
      if (System.nanoTime() - begin > sent * 1_000_000_000L) {
        writeByte(slowOnes, sent++);
      }
    }
    System.out.println(closed + " " + lastNanos / 1_000_000);
  }

  private static InetAddress source(int index) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (2 + index / PER_SOURCE)});
  }

  private static boolean isClosed(SocketChannel socket, ByteBuffer buffer) {
    try {
      int read = socket.read(buffer.clear());
      return read < 0;
    } catch (IOException e) {
      return true;
    }
  }

  private static void writeByte(List<SocketChannel> sockets, int index) {
    for (SocketChannel socket : sockets) {
      try {
        if (socket.isOpen()) {
          socket.write(ByteBuffer.wrap(REQUEST, index, 1));
        }
      } catch (IOException e) {
        // Closed by the other side: the next read finds it.
      }
    }
  }
}
