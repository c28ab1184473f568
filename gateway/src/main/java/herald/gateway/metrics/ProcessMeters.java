package herald.gateway.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.function.DoubleSupplier;

/** The process: its build, Netty's buffers, and what Micrometer knows of the JVM. */
public final class ProcessMeters {
  private static final String BUFFERS = "herald.buffers.bytes";
  private static final String BUFFERS_HELP = "Memory that Netty's allocator holds for buffers.";

  private ProcessMeters() {}

  /**
   * Declares them all.
   *
   * @param droppedLines log lines that were dropped
   */
  public static void declare(
      MeterRegistry registry, String version, String javaVersion, DoubleSupplier droppedLines) {
    MeterFactory factory = new MeterFactory(registry);
    factory.gauge(
        "herald.build.info",
        "1; the labels say what runs.",
        "",
        Tags.of("version", version, "java", javaVersion),
        () -> 1);
    factory.counter(
        "herald.logging.dropped",
        "Log lines that were dropped because nobody took those before them.",
        Tags.empty(),
        droppedLines);
    buffers(factory);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    files(factory);
    new UptimeMetrics().bindTo(registry);
    JvmGcMetrics gc = new JvmGcMetrics();
    gc.bindTo(registry);
  }

  private static void files(MeterFactory factory) {
    SimpleMeterRegistry system = new SimpleMeterRegistry();
    new FileDescriptorMetrics().bindTo(system);
    Gauge open = system.find("process.files.open").gauge();
    Gauge most = system.find("process.files.max").gauge();
    if (open != null && most != null) {
      OpenFiles files = new OpenFiles(open::value, most::value);
      factory.gauge(
          "process.files.open",
          "Files and sockets that the process has open, as of some seconds ago.",
          "files",
          Tags.empty(),
          files::count);
      factory.gauge(
          "process.files.max",
          "Files and sockets that the process may open.",
          "files",
          Tags.empty(),
          most::value);
    }
  }

  private static void buffers(MeterFactory factory) {
    if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider) {
      ByteBufAllocatorMetric metric = provider.metric();
      factory.gauge(
          BUFFERS,
          BUFFERS_HELP,
          MeterFactory.BYTES,
          Tags.of("memory", "direct"),
          metric::usedDirectMemory);
      factory.gauge(
          BUFFERS,
          BUFFERS_HELP,
          MeterFactory.BYTES,
          Tags.of("memory", "heap"),
          metric::usedHeapMemory);
    }
  }
}
