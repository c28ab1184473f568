package herald.benchmarks.micro;

import herald.protocol.RecoveredWallet;
import herald.protocol.RecoveryProvider;
import herald.protocol.WalletKey;
import herald.protocol.WalletRecoveries;
import herald.protocol.WalletRecovery;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/** Finding the wallet behind a signature, with both implementations. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class RecoveryBenchmark {
  private static final String KEY =
      "1111111111111111111111111111111111111111111111111111111111111111";

  /** Which implementation. */
  @Param({"NATIVE", "JAVA"})
  public RecoveryProvider provider;

  private WalletRecovery recovery;
  private byte[] message;
  private byte[] signature;

  /** Signs one request. */
  @Setup
  public void setUp() {
    recovery = WalletRecoveries.choose(provider);
    message = "/comms/chats/ws?timestamp=1795492500310".getBytes(StandardCharsets.UTF_8);
    signature = WalletKey.fromHex(KEY).sign(message);
  }

  /** One recovery. */
  @Benchmark
  public @Nullable RecoveredWallet recover() {
    return recovery.recover(message, signature);
  }
}
