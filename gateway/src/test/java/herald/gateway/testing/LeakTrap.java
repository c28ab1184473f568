package herald.gateway.testing;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Fails the test run when a buffer was leaked anywhere in it. Netty finds a leak when it has been
 * collected and the next buffer is made; at the end both are brought about.
 */
public final class LeakTrap implements LauncherSessionListener {
  private static final ConcurrentLinkedQueue<String> LEAKS = new ConcurrentLinkedQueue<>();
  private static final int EXIT_CODE = 97;
  private static final int ROUNDS = 5;
  private static final int BUFFERS = 1_000;

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(
        new ResourceLeakDetectorFactory() {
          @Override
          @Deprecated
          @SuppressWarnings("InlineMeSuggester")
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval, long maxActive) {
            return newResourceLeakDetector(resource, samplingInterval);
          }

          @Override
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval) {
            return new Detector<>(resource, samplingInterval);
          }
        });
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    for (int round = 0; round < ROUNDS && LEAKS.isEmpty(); round++) {
      System.gc();
      for (int i = 0; i < BUFFERS; i++) {
        ByteBufAllocator.DEFAULT.buffer(16).release();
      }
    }
    if (!LEAKS.isEmpty()) {
      System.err.println("LEAK: the test run has leaked " + LEAKS.size() + " kinds of buffers");
      LEAKS.forEach(System.err::println);
      // An exception here would be logged and forgotten.
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  private static final class Detector<T> extends ResourceLeakDetector<T> {
    @SuppressWarnings("deprecation") // the constructor that Netty's own factory calls
    Detector(Class<?> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      LEAKS.add(resourceType + records);
      super.reportTracedLeak(resourceType, records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      LEAKS.add(resourceType);
      super.reportUntracedLeak(resourceType);
    }
  }
}
