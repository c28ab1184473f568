package herald.gateway.fanout;

import herald.gateway.device.Device;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.IsolatedFailures;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** What it takes to remember the positions of devices whose connections have ended. One thread. */
public final class RememberedDevices {
  private static final long RETENTION_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final long LOG_BYTES = 1 << 24;
  private static final long NO_ADDRESS = Device.NONE;
  private static final int FIRST_USER = 1;
  private static final long OTHER_INSTANCE = 1;

  private final int devicesPerUser;
  private final Mailboxes mailboxes;

  private RememberedDevices(int devices, int devicesPerUser) {
    this.devicesPerUser = devicesPerUser;
    Meters meters = new Meters(new SimpleMeterRegistry());
    mailboxes =
        new Mailboxes(
            new EventLog.Writer(RETENTION_NANOS, LOG_BYTES),
            new MemoryLimits(RETENTION_NANOS, LOG_BYTES, 0, devices),
            new PositionJournal(false),
            new MemoryFigures(),
            new IsolatedFailures(meters.supervision(), System::nanoTime));
  }

  /**
   * The bytes of heap for each device that had a connection here.
   *
   * @param devices how many
   * @param devicesPerUser how many of them belong to one user
   */
  public static double bytesEachHere(int devices, int devicesPerUser) {
    return bytesEach(devices, devicesPerUser, RememberedDevices::endHere);
  }

  /** The same for devices that had their connections at another instance. */
  public static double bytesEachElsewhere(int devices, int devicesPerUser) {
    return bytesEach(devices, devicesPerUser, RememberedDevices::endElsewhere);
  }

  private static double bytesEach(int devices, int devicesPerUser, Ending ending) {
    RememberedDevices remembered = new RememberedDevices(devices, devicesPerUser);
    try {
      long before = heapBytes();
      for (int i = 0; i < devices; i++) {
        ending.end(remembered, i);
      }
      return (double) (heapBytes() - before) / devices;
    } finally {
      Reference.reachabilityFence(remembered);
    }
  }

  /** Has a device's connection open and end. */
  @FunctionalInterface
  private interface Ending {
    void end(RememberedDevices remembered, int number);
  }

  private int user(int number) {
    return FIRST_USER + number / devicesPerUser;
  }

  private static Device device(int number) {
    return new Device(number + 1L, number % 100 + 1L, NO_ADDRESS, true);
  }

  private void endHere(int number) {
    Cursor cursor =
        new Cursor(
            new Subscriber(user(number), device(number), Subscriber.NO_AFTER),
            task -> {},
            now -> {});
    long nowNanos = System.nanoTime();
    mailboxes.open(cursor, nowNanos, Instant.EPOCH);
    mailboxes.close(cursor, nowNanos);
  }

  private void endElsewhere(int number) {
    long nowNanos = System.nanoTime();
    mailboxes.apply(
        new PeerChange.Ended(
            OTHER_INSTANCE,
            number,
            user(number),
            device(number),
            new CommitPlace(0, number, number, 0),
            nowNanos),
        nowNanos);
  }

  private static long heapBytes() {
    // Twice: what the first finds unreachable may keep other things alive until it has been told.
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
