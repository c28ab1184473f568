package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A writer on a real socket of epoll, whose client reads when the test has it read. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SocketWriterIT {
  private static final int SEND_BUFFER = 8 * 1024;

  private final BlockingQueue<ChannelHandlerContext> accepted = new LinkedBlockingQueue<>();
  private final LoopBuffer loopBuffer = new LoopBuffer();
  private EventLoopGroup group;
  private Channel listening;
  private Socket client;
  private ChannelHandlerContext ctx;

  /** What went through the pipeline, counted by {@link Gate}. Event loop. */
  private int throughPipeline;

  /** Stands where TLS would. */
  private final class Gate extends ChannelDuplexHandler {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      throughPipeline++;
      context.write(message, promise);
    }
  }

  @BeforeEach
  void connect() throws Exception {
    assumeTrue(Epoll.isAvailable(), "this system has no epoll");
    group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    listening =
        new ServerBootstrap()
            .group(group)
            .channel(EpollServerSocketChannel.class)
            .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
                    accepted.add(Objects.requireNonNull(channel.pipeline().lastContext()));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
    client = client();
    client.connect(listening.localAddress());
    ctx = accepted();
  }

  private static Socket client() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(SEND_BUFFER);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private ChannelHandlerContext accepted() throws InterruptedException {
    return Objects.requireNonNull(accepted.poll(20, TimeUnit.SECONDS));
  }

  @AfterEach
  void end() throws IOException {
    if (group != null) {
      client.close();
      listening.close().syncUninterruptibly();
      group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
      loopBuffer.close();
    }
  }

  private <T> T onLoop(Callable<T> action) throws Exception {
    return ctx.executor().submit(action).get(20, TimeUnit.SECONDS);
  }

  private SocketWriter writer() throws Exception {
    return writer(true);
  }

  private SocketWriter writer(boolean directWrites) throws Exception {
    return onLoop(() -> new SocketWriter(loopBuffer, ctx, directWrites));
  }

  /** Has writes counted from now on: behind the writer's back if it exists already. */
  private void watchThePipeline() throws Exception {
    onLoop(() -> ctx.pipeline().addFirst(new Gate()));
  }

  private int throughPipeline() throws Exception {
    return onLoop(() -> throughPipeline);
  }

  /** Sends a number, as events are sent; whether through the loop's buffer. */
  private boolean isSentLent(SocketWriter writer, int number) throws Exception {
    return onLoop(() -> sendNumber(writer, number));
  }

  /** The same. Event loop: it can't find out meanwhile that a socket takes something again. */
  private boolean sendNumber(SocketWriter writer, int number) {
    ByteBuf lent = writer.lend(Integer.BYTES);
    if (lent != null) {
      writer.sendLent(lent.writeInt(number));
      return true;
    }
    writer.send(bytesOf(number));
    writer.flush();
    return false;
  }

  private ByteBuf bytesOf(int number) {
    return ctx.alloc().directBuffer().writeInt(number);
  }

  @Test
  void whatTheSocketTakesDoesNotPassThePipeline() throws Exception {
    SocketWriter writer = writer();
    watchThePipeline();
    for (int number = 0; number < 10; number++) {
      assertThat(isSentLent(writer, number)).isTrue();
    }
    onLoop(Executors.callable(() -> writer.send(bytesOf(10))));
    assertThat(throughPipeline()).isZero();
    DataInputStream in = new DataInputStream(client.getInputStream());
    for (int number = 0; number <= 10; number++) {
      assertThat(in.readInt()).isEqualTo(number);
    }
  }

  /** What the client receives is the same with direct writes and without them. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void directWritesCanBeSwitchedOff(boolean directWrites) throws Exception {
    SocketWriter writer = writer(directWrites);
    assertThat(writer.writesDirectly()).isEqualTo(directWrites);
    watchThePipeline();
    int sent =
        onLoop(
            () -> {
              int number = 0;
              while (sendNumber(writer, number++)) {
                assertThat(number).isLessThan(1_000_000);
              }
              return number;
            });
    int through = throughPipeline();
    DataInputStream in = new DataInputStream(client.getInputStream());
    for (int number = 0; number < sent; number++) {
      assertThat(in.readInt()).isEqualTo(number);
    }
    if (directWrites) {
      assertThat(through).as("what the full socket did not take").isLessThanOrEqualTo(2);
    } else {
      assertThat(through).as("everything").isEqualTo(sent);
    }
  }

  @Test
  void whatAHandlerHasToSeePassesIt() throws Exception {
    watchThePipeline();
    SocketWriter writer = writer();
    assertThat(isSentLent(writer, 7)).isTrue();
    assertThat(throughPipeline()).isEqualTo(1);
    assertThat(new DataInputStream(client.getInputStream()).readInt()).isEqualTo(7);
  }

  /** Numbers until the socket is full in the middle of one, and on while they wait. */
  @Test
  void whatTheSocketDoesNotTakeComesLaterAndInOrder() throws Exception {
    SocketWriter writer = writer();
    int sent =
        onLoop(
            () -> {
              int number = 0;
              while (sendNumber(writer, number++)) {
                assertThat(number).isLessThan(1_000_000);
              }
              for (int i = 0; i < 100; i++) {
                assertThat(sendNumber(writer, number++)).as("lent while some wait").isFalse();
              }
              return number;
            });
    DataInputStream in = new DataInputStream(client.getInputStream());
    for (int number = 0; number < sent; number++) {
      assertThat(in.readInt()).isEqualTo(number);
    }
    assertThat(isSentLent(writer, sent)).as("nothing waits any more").isTrue();
    assertThat(in.readInt()).isEqualTo(sent);
  }

  /** What waits for its flush is not overtaken. */
  @Test
  void whatIsNotFlushedYetComesFirst() throws Exception {
    SocketWriter writer = writer();
    isSentLent(writer, 1);
    ByteBuf lent =
        onLoop(
            () -> {
              writer.write(bytesOf(2));
              writer.send(bytesOf(3));
              return writer.lend(Integer.BYTES);
            });
    assertThat(lent).isNull();
    onLoop(Executors.callable(writer::flush));
    assertThat(isSentLent(writer, 4)).isTrue();
    DataInputStream in = new DataInputStream(client.getInputStream());
    for (int number = 1; number <= 4; number++) {
      assertThat(in.readInt()).isEqualTo(number);
    }
  }

  @Test
  void aClientThatIsGoneEndsTheChannel() throws Exception {
    SocketWriter writer = writer();
    isSentLent(writer, 1);
    client.setSoLinger(true, 0);
    client.close();
    while (ctx.channel().isOpen()) {
      isSentLent(writer, 2);
    }
  }

  /** The number of its descriptor is another client's. */
  @Test
  void whatIsForAClosedSocketReachesNobody() throws Exception {
    SocketWriter writer = writer();
    isSentLent(writer, 1);
    int number = descriptor(ctx);
    try (Socket next = client()) {
      ByteBuf lent =
          onLoop(
              () -> {
                next.connect(listening.localAddress());
                ctx.close();
                return Objects.requireNonNull(writer.lend(Integer.BYTES));
              });
      ctx = accepted();
      assumeTrue(descriptor(ctx) == number, "another file has got the number");
      onLoop(
          Executors.callable(
              () -> {
                writer.sendLent(lent.writeInt(2));
                writer.send(bytesOf(3));
                writer.flush();
              }));
      assertThat(isSentLent(writer(), 4)).isTrue();
      assertThat(new DataInputStream(next.getInputStream()).readInt()).isEqualTo(4);
    }
  }

  private static int descriptor(ChannelHandlerContext context) {
    return ((EpollSocketChannel) context.channel()).fd().intValue();
  }
}
