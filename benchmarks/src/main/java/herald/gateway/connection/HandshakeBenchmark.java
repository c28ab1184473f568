package herald.gateway.connection;

import static java.util.Objects.requireNonNull;

import herald.benchmarks.clients.SeededWallets;
import herald.gateway.admission.ClientAddress;
import herald.gateway.admission.WalletUser;
import herald.gateway.auth.AuthOutcome;
import herald.protocol.RecoveryProvider;
import herald.protocol.SignedRequest;
import herald.protocol.WalletRecoveries;
import herald.protocol.WalletRecovery;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A whole handshake, from the request's bytes to the 101 and back to nothing. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class HandshakeBenchmark {
  /** What recovers the wallet. */
  @Param({"NATIVE", "JAVA"})
  public RecoveryProvider provider;

  private final BenchLoop loop = new BenchLoop();
  private final ClientAddress peer = requireNonNull(ClientAddress.parse("203.0.113.7"));
  private HandshakeContext handshakeContext;
  private WalletRecovery recovery;
  private byte[] request;

  /** Signs one request. */
  @Setup
  public void setUp() {
    recovery = WalletRecoveries.choose(provider);
    handshakeContext = loop.handshakeContext(this::authenticate);
    String path = new SeededWallets("bench").signedPath(0, System.currentTimeMillis());
    request =
        ("GET "
                + path
                + " HTTP/1.1\r\nHost: gateway.example\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
  }

  private CompletionStage<AuthOutcome> authenticate(SignedRequest signed, byte[] signature) {
    byte[] message = signed.canonical().getBytes(StandardCharsets.UTF_8);
    if (recovery.recover(message, signature) == null) {
      throw new IllegalStateException("the signature is not recovered");
    }
    return CompletableFuture.completedFuture(
        new AuthOutcome.Accepted(WalletUser.of(1, "0x" + "a".repeat(40))));
  }

  /** Accepted, upgraded, closed. */
  @Benchmark
  public void upgrade() {
    EmbeddedChannel channel = loop.channel();
    channel
        .pipeline()
        .addLast(
            new RequestDecoder(handshakeContext.settings()),
            new HandshakeHandler(loop.context(), handshakeContext, peer));
    ByteBuf bytes = Unpooled.wrappedBuffer(request);
    channel.writeInbound(bytes);
    loop.settle(channel);
    if (channel.pipeline().get(ClientConnection.class) == null) {
      throw new IllegalStateException("the handshake was refused");
    }
    channel.close();
    loop.settle(channel);
  }
}
