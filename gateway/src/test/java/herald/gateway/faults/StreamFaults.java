package herald.gateway.faults;

import herald.gateway.relay.RunningRelay;
import herald.gateway.testing.TcpProxy;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** What goes wrong with the engine, the relays and the lines between them. One thread. */
final class StreamFaults {
  private static final long MUTE_SECONDS = 5;

  /** As long as the address of a killed one takes to be noticed elsewhere. */
  private static final long DOWN_SECONDS = 3;

  private final Fleet fleet;
  private final Relays relays;
  private final Random random;

  StreamFaults(Fleet fleet, Relays relays, Random random) {
    this.fleet = fleet;
    this.relays = relays;
    this.random = random;
  }

  /**
   * SIGKILL for the engine; it stays down for a while, and then goes on with what it has stored.
   */
  void killTheEngine(long downSeconds) throws Exception {
    relays.engine().kill();
    TimeUnit.SECONDS.sleep(downSeconds);
    relays.engine().restart();
    fleet.awaitReady();
  }

  /** SIGSTOP and SIGCONT. */
  void freezeTheEngine(int leastSeconds, int mostSeconds) throws Exception {
    relays.engine().freeze();
    try {
      sleepUpTo(leastSeconds, mostSeconds);
    } finally {
      relays.engine().thaw();
    }
    fleet.awaitReady();
  }

  /** The engine comes back without anything: what nobody has read of the stream is said to miss. */
  void emptyTheEngine() throws Exception {
    relays.engine().restartEmpty();
    fleet.awaitReady();
  }

  /** Another one is started when it is gone. */
  void killARelay() throws Exception {
    relays.kill(relays.any());
    TimeUnit.SECONDS.sleep(DOWN_SECONDS);
    relays.start();
    relays.awaitReady();
  }

  /** A planned restart. */
  void stopARelay() throws Exception {
    relays.start();
    relays.awaitReady();
    relays.stop(relays.any());
  }

  /** Nobody publishes for a while. */
  void killAllRelays() throws Exception {
    int count = relays.all().size();
    for (RunningRelay relay : relays.all()) {
      relays.kill(relay);
    }
    TimeUnit.SECONDS.sleep(DOWN_SECONDS);
    for (int i = 0; i < count; i++) {
      relays.start();
    }
    fleet.awaitReady();
  }

  /** SIGSTOP and SIGCONT. */
  void freezeARelay(int leastSeconds, int mostSeconds) throws Exception {
    RunningRelay frozen = relays.any();
    frozen.pause();
    try {
      sleepUpTo(leastSeconds, mostSeconds);
    } finally {
      frozen.resume();
    }
    fleet.awaitReady();
  }

  void cutALineOfARelay() {
    relays.lineToEngine(relays.any()).cut();
  }

  void muteALineOfARelay() throws InterruptedException {
    mute(relays.lineToEngine(relays.any()));
  }

  void cutALineOfAnInstance() {
    anyLineOfAnInstance().cut();
  }

  void muteALineOfAnInstance() throws InterruptedException {
    mute(anyLineOfAnInstance());
  }

  private TcpProxy anyLineOfAnInstance() {
    List<TcpProxy> lines = fleet.instances().linesToStream();
    return lines.get(random.nextInt(lines.size()));
  }

  private static void mute(TcpProxy line) throws InterruptedException {
    line.mute();
    TimeUnit.SECONDS.sleep(MUTE_SECONDS);
    line.unmute();
  }

  private void sleepUpTo(int leastSeconds, int mostSeconds) throws InterruptedException {
    TimeUnit.SECONDS.sleep(leastSeconds + random.nextInt(mostSeconds - leastSeconds + 1));
  }
}
