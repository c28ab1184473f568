package herald.gateway.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Fails the test run when a thread that must not block did, anywhere in it: the event loops, and
 * the driver's I/O thread while it is in our callback. Set by the system property {@code
 * herald.trap.blocking}; the JVM also needs {@code -XX:+AllowRedefinitionToAddDeleteMethods}.
 *
 * <p>What blocks, to BlockHound, is sleeping, waiting, parking (so a lock that is held by another
 * thread as well), and reading or writing files and blocking sockets. A lock that all hold for
 * moments is let pass; a queue of a bounded length is offered something, and never waited for.
 */
public final class BlockingTrap implements LauncherSessionListener {
  private static final int EXIT_CODE = 98;
  private static final String DRIVER_HANDLER =
      "com.impossibl.postgres.protocol.v30.MessageDispatchHandler";
  private static final String CALLBACK = "herald.gateway.feed.ListenerConnection$1";
  private static final String MAGAZINES = "io.netty.buffer.AdaptivePoolingAllocator$MagazineGroup";
  private static final String TIMER_QUEUE =
      "java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue";
  private static final int FRAMES = 25;

  /** Beside the reports of the tests of the module that is being tested. */
  private static final Path REPORT = Path.of("target", "blocked.txt");

  private static final Set<String> FOUND = ConcurrentHashMap.newKeySet();

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    if (Boolean.getBoolean("herald.trap.blocking")) {
      install();
    }
  }

  private static void install() {
    BlockHound.Builder builder = BlockHound.builder();
    // What Netty itself may do: waiting for work, and the locks of its allocator.
    ServiceLoader.load(BlockHoundIntegration.class).stream()
        .filter(netty -> netty.type().getName().startsWith("io.netty."))
        .forEach(netty -> netty.get().applyTo(builder));
    builder
        // Its list leaves out a lock of the allocator: when threads contend for a magazine, the
        // group gets more of them, and ends the old ones after the allocation that each is in.
        .allowBlockingCallsInside(MAGAZINES, "tryExpandMagazines")
        // Whether the thread is one of Netty's kind is not asked: that most of ours are.
        .nonBlockingThreadPredicate(netty -> thread -> isEventLoop(thread) || isDriver(thread))
        .allowBlockingCallsInside("java.lang.ClassLoader", "loadClass")
        // What the driver does on its own thread is its own business, but for our callback.
        .allowBlockingCallsInside(DRIVER_HANDLER, "channelRead")
        .allowBlockingCallsInside(DRIVER_HANDLER, "channelInactive")
        .allowBlockingCallsInside(DRIVER_HANDLER, "exceptionCaught")
        .disallowBlockingCallsInside(CALLBACK, "notification")
        .disallowBlockingCallsInside(CALLBACK, "closed")
        // The dispatch lock, which others hold for moments.
        .allowBlockingCallsInside("herald.gateway.fanout.Dispatcher", "publish")
        // So is the lock of the queue of another thread, to which something is handed over: of a
        // thread pool, of the log, of the timers of the metrics library and of CompletableFuture.
        // Each of these methods holds it for moments, and none waits for room.
        .allowBlockingCallsInside("java.util.concurrent.ArrayBlockingQueue", "offer")
        .allowBlockingCallsInside("java.util.concurrent.ArrayBlockingQueue", "remainingCapacity")
        .allowBlockingCallsInside("java.util.concurrent.LinkedBlockingQueue", "offer")
        .allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "addWorker")
        .allowBlockingCallsInside(TIMER_QUEUE, "offer")
        .allowBlockingCallsInside(TIMER_QUEUE, "remove")
        .blockingMethodCallback(method -> found(method.toString()))
        .install();
  }

  private static boolean isEventLoop(Thread thread) {
    return thread.getName().startsWith("herald-loop");
  }

  private static boolean isDriver(Thread thread) {
    return thread.getName().startsWith("PG-JDBC I/O");
  }

  private static void found(String method) {
    String trace =
        Stream.of(Thread.currentThread().getStackTrace())
            .map(StackTraceElement::toString)
            .filter(frame -> !frame.contains("BlockHound") && !frame.contains("BlockingTrap"))
            .skip(1)
            .limit(FRAMES)
            .collect(Collectors.joining("\n    at ", "\n    at ", ""));
    FOUND.add(Thread.currentThread().getName().replaceAll("\\d+", "n") + ": " + method + trace);
  }

  /**
   * Has something done that the trap must find, and gives what was found without failing the run.
   */
  public static Set<String> provoke(Callable<?> action) throws Exception {
    Set<String> before = Set.copyOf(FOUND);
    action.call();
    Set<String> provoked = new HashSet<>(FOUND);
    provoked.removeAll(before);
    FOUND.removeAll(provoked);
    return provoked;
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    if (!FOUND.isEmpty()) {
      report();
      // An exception here would be logged and forgotten.
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  /** Into a file as well: what is written just before a halt does not always reach the build. */
  private static void report() {
    String report =
        "BLOCKED: threads that must not block did, in %d ways%n%s%n"
            .formatted(FOUND.size(), String.join(System.lineSeparator(), FOUND));
    System.err.print(report);
    System.err.flush();
    try {
      Files.writeString(REPORT, report);
    } catch (IOException e) {
      System.err.println("The report could not be written to " + REPORT + ": " + e.getMessage());
    }
  }
}
