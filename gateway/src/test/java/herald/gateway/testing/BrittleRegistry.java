package herald.gateway.testing;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.noop.NoopTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;

/** Meters for whose times there is no memory. */
public final class BrittleRegistry extends SimpleMeterRegistry {
  @Override
  protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector pauses) {
    return new NoopTimer(id) {
      @Override
      public void record(long amount, TimeUnit unit) {
        throw new OutOfMemoryError();
      }
    };
  }
}
