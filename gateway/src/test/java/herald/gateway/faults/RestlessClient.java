package herald.gateway.faults;

import herald.demo.client.WebSocketClient;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client that behaves like the published one: on every close it comes back at once, to whichever
 * instance it is sent, and says nothing of where it was. It keeps the gateway's cookie, as browsers
 * do, or it does not, as other programs.
 */
final class RestlessClient implements AutoCloseable {
  private static final long PAUSE_MILLIS = 20;

  /** Longer than the replay. */
  private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(13);

  /** Small, so that a client that does not read is noticed soon. */
  private static final int RECEIVE_BUFFER_BYTES = 4 * 1024;

  private final int userId;
  private final WalletKey key;
  private final IntSupplier port;
  private final BooleanSupplier drop;
  private final boolean keepsCookie;
  private final Thread thread;

  /** When each event came first, in that order. Guarded by this. */
  private final Map<String, Long> arrivals = new LinkedHashMap<>();

  /** Guarded by this. */
  private final Set<String> onThisConnection = new HashSet<>();

  /** Guarded by this. */
  private int cameAgain;

  /** Guarded by this. */
  private int duplicate;

  /** Guarded by this; the last that came twice on one connection, for people. */
  private String duplicateExample = "";

  /** Guarded by this. */
  private int gaps;

  /** Guarded by this. */
  private int connects;

  private volatile boolean closed;
  private volatile boolean slow;
  private volatile boolean goesSilent;

  /** The client's thread. */
  private @Nullable WebSocketClient silent;

  private volatile @Nullable WebSocketClient socket;

  /**
   * @param port the instance to go to, asked before each connection
   * @param keepsCookie whether it brings the cookie that it was given
   * @param drop asked for each event whether to pretend that it never came
   */
  RestlessClient(
      int userId, WalletKey key, IntSupplier port, boolean keepsCookie, BooleanSupplier drop) {
    this.keepsCookie = keepsCookie;
    this.userId = userId;
    this.key = key;
    this.port = port;
    this.drop = drop;
    thread = new Thread(this::run, "client-" + userId);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    String cookie = "";
    while (!closed) {
      try {
        WebSocketClient connected =
            WebSocketClient.connect(
                port.getAsInt(),
                key.signedPath("/comms/chats/ws", System.currentTimeMillis()),
                RECEIVE_BUFFER_BYTES,
                cookie);
        cookie = keepsCookie ? connected.cookie() : "";
        bury(silent);
        silent = null;
        socket = connected;
        synchronized (this) {
          onThisConnection.clear();
          connects++;
          notifyAll();
        }
        read(connected);
        if (goesSilent) {
          swallow(connected);
        } else {
          bury(connected);
        }
      } catch (IOException e) {
        // Back at once; a pause only so that a test machine is not kept busy by refusals.
        bury(silent);
        bury(socket);
        silent = null;
      }
      pause(PAUSE_MILLIS);
    }
    bury(silent);
  }

  /**
   * A link that is dead and not closed: what comes is lost, no ping is answered. Then the client
   * comes back to any instance, while the old connection still seems open at its own.
   */
  private void swallow(WebSocketClient from) throws IOException {
    long endNanos = System.nanoTime() + SILENT_NANOS;
    goesSilent = false;
    silent = from;
    from.socket().setSoTimeout((int) PAUSE_MILLIS);
    while (!closed && System.nanoTime() - endNanos < 0) {
      try {
        if (from.socket().getInputStream().read(new byte[RECEIVE_BUFFER_BYTES]) < 0) {
          throw new IOException("the server has ended it");
        }
      } catch (SocketTimeoutException e) {
        // Nothing has come.
      }
    }
  }

  private static void bury(@Nullable WebSocketClient connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        // Gone already.
      }
    }
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(WebSocketClient from) throws IOException {
    for (String message = from.read(); message != null; message = from.read()) {
      String event = ReceivedEvent.describe(message, userId);
      if (event.equals(ReceivedEvent.GAP)) {
        gapWasSaid();
      } else if (!drop.getAsBoolean()) {
        arrived(event);
      }
      while (slow && !closed) {
        pause(PAUSE_MILLIS);
      }
      if (goesSilent) {
        return;
      }
    }
  }

  private synchronized void gapWasSaid() {
    gaps++;
  }

  private synchronized void arrived(String event) {
    long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    if (!onThisConnection.add(event)) {
      duplicate++;
      duplicateExample = "user " + userId + ": " + event + " came twice on one connection";
    } else if (arrivals.putIfAbsent(event, nowMicros) != null) {
      cameAgain++;
    }
  }

  /** Compares what has come in this round. */
  synchronized Findings compare(Ledger ledger) {
    Findings findings = ledger.compare(userId, arrivals);
    findings.cameAgain += cameAgain;
    findings.duplicate += duplicate;
    if (duplicate > 0) {
      findings.example(Findings.Kind.DUPLICATE, duplicateExample);
    }
    findings.gaps += gaps;
    return findings;
  }

  /** Forgets what has come. */
  synchronized void nextRound() {
    arrivals.clear();
    cameAgain = 0;
    duplicate = 0;
    gaps = 0;
  }

  int userId() {
    return userId;
  }

  synchronized int connects() {
    return connects;
  }

  /** Stops reading, or goes on. */
  void setSlow(boolean slow) {
    this.slow = slow;
  }

  /** Its link dies without a word, and it comes back when the replay has passed. */
  void goSilent() {
    goesSilent = true;
  }

  /** Breaks the connection without a word. */
  void vanish() {
    WebSocketClient current = socket;
    if (current != null) {
      try {
        current.socket().setSoLinger(true, 0);
        current.close();
      } catch (IOException e) {
        // Gone already.
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    vanish();
  }
}
