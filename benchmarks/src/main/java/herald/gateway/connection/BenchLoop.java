package herald.gateway.connection;

import herald.gateway.admission.Admission;
import herald.gateway.admission.ForwardedFor;
import herald.gateway.admission.OriginPolicy;
import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.config.DrainSettings;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.config.InboundSettings;
import herald.gateway.config.LimitSettings;
import herald.gateway.device.DeviceCookie;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.MemoryLimits;
import herald.gateway.fanout.PositionJournal;
import herald.gateway.fanout.Replay;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.protocol.SignedRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** One event loop of the gateway with its dispatcher, in memory and on the benchmark's thread. */
final class BenchLoop {
  private static final long RETENTION_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LOG_BYTES = 1 << 24;

  private final Meters meters = new Meters(new SimpleMeterRegistry());
  private final EmbeddedChannel timer = new EmbeddedChannel();
  private final LoopContext context;
  private final Dispatcher dispatcher;

  BenchLoop() {
    ConnectionSettings settings = ConnectionSettings.defaults();
    Supervisor supervisor = new Supervisor(meters.supervision(), System::nanoTime);
    ConnectionFailures failures = new ConnectionFailures(supervisor.failures());
    dispatcher =
        new Dispatcher(
            new MemoryLimits(RETENTION_NANOS, LOG_BYTES, 0, 1_000),
            new PositionJournal(false),
            meters,
            System::nanoTime,
            InstantSource.system(),
            supervisor,
            timer.eventLoop());
    context =
        new LoopContext(
            settings,
            System::nanoTime,
            new TimerWheel(System.nanoTime(), failures),
            new Standstill(meters.connections(), System.nanoTime()),
            new ConnectionRegistry(failures),
            new LoopLag(meters.connections(), System::nanoTime, 0),
            InboundLimits.of(InboundSettings.unlimited()),
            dispatcher,
            request -> CompletableFuture.completedFuture(new Replay(List.of(), null)),
            meters,
            new ConnectionCounts(meters, () -> 0),
            new LoopStatistics(),
            failures,
            new SlowClientRule(settings),
            new ClosePolicy(DrainSettings.defaults()),
            new LoopBuffer(),
            new LargeTexts(0),
            true);
  }

  LoopContext context() {
    return context;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  HandshakeContext handshakeContext(
      BiFunction<SignedRequest, byte[], CompletionStage<AuthOutcome>> authenticator) {
    AdmissionSettings admission = AdmissionSettings.of(LimitSettings.unlimited());
    LimitSettings limits = admission.limits();
    return new HandshakeContext(
        HandshakeSettings.defaults(),
        InstantSource.system(),
        authenticator,
        new Admission(Integer.MAX_VALUE, limits, System.nanoTime()),
        new ForwardedFor(admission.proxies()),
        new OriginPolicy(admission.origins()),
        new DeviceCookie("", UpgradeRequest.PATH),
        new RejectionTracker(limits, meters, System::nanoTime));
  }

  /** A socket that takes everything at once and keeps nothing. */
  EmbeddedChannel channel() {
    return new EmbeddedChannel(new Sink());
  }

  /** Lets the timer and the event loops do what waits. */
  void settle(EmbeddedChannel... channels) {
    timer.runPendingTasks();
    for (EmbeddedChannel channel : channels) {
      channel.runPendingTasks();
    }
  }

  private static final class Sink extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      ((ByteBuf) message).release();
      promise.trySuccess();
    }
  }
}
