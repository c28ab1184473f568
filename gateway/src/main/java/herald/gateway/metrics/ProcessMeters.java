package herald.gateway.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

/** The process: its build, Netty's buffers, and what Micrometer knows of the JVM. */
public final class ProcessMeters {
  private static final String BUFFERS = "herald.buffers.bytes";
  private static final String BUFFERS_HELP = "Memory that Netty's allocator holds for buffers.";

  private ProcessMeters() {}

  /** Declares them all. */
  public static void declare(MeterRegistry registry, String version, String javaVersion) {
    MeterFactory factory = new MeterFactory(registry);
    factory.gauge(
        "herald.build.info",
        "1; the labels say what runs.",
        "",
        Tags.of("version", version, "java", javaVersion),
        () -> 1);
    buffers(factory);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    JvmGcMetrics gc = new JvmGcMetrics();
    gc.bindTo(registry);
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
