package herald.gateway.faults;

import herald.demo.client.WebSocketClient;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client that behaves like the published one: on every close it comes back at once, to whichever
 * instance it is sent, and says nothing of where it was. It keeps the gateway's cookie, as browsers
 * do, or it does not, as other programs; then its headers tell it from the user's other devices.
 */
final class RestlessClient implements AutoCloseable {
  private static final long PAUSE_MILLIS = 20;

  /** The published client would not wait, and keep the machine of the test busy with refusals. */
  private static final long REFUSED_PAUSE_MILLIS = 300;

  /** Small, so that a client that does not read is noticed soon. */
  private static final int RECEIVE_BUFFER_BYTES = 4 * 1024;

  /** RFC 6455, section 7.4.1: the page or the app is closed. */
  private static final int GOING_AWAY = 1001;

  private final int userId;
  private final WalletKey key;
  private final IntSupplier port;
  private final BooleanSupplier drop;
  private final String program;
  private final boolean keepsCookie;
  private final Arrivals arrivals;
  private final Thread thread;

  private volatile boolean closed;
  private volatile boolean slow;
  private volatile boolean away;

  /** Set by others while there is none, cleared by the client's thread when it is over. */
  private volatile @Nullable Outage outage;

  private volatile @Nullable WebSocketClient socket;

  /** The client's thread. */
  private String cookie = "";

  /** The client's thread; the connection whose link has died unnoticed. */
  private @Nullable WebSocketClient silent;

  /**
   * @param port where to connect to, asked before each connection
   * @param program what tells it from the user's other devices, if no cookie does
   * @param keepsCookie whether it brings the cookie that it was given
   * @param drop asked for each event whether to pretend that it never came
   */
  RestlessClient(
      int userId,
      WalletKey key,
      IntSupplier port,
      String program,
      boolean keepsCookie,
      BooleanSupplier drop) {
    this.userId = userId;
    this.key = key;
    this.port = port;
    this.program = program;
    this.keepsCookie = keepsCookie;
    this.drop = drop;
    arrivals = new Arrivals(userId);
    thread = new Thread(this::run, "client-" + userId);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    Outage over = null;
    while (!closed) {
      WebSocketClient connected = null;
      try {
        connected = connect();
        arrivals.onConnected();
        bury(silent);
        silent = null;
        if (over != null) {
          over = null;
          outage = null;
          away = false;
        }
        read(connected);
      } catch (IOException e) {
        // It comes back.
      }
      Outage begun = outage;
      if (begun == null || over != null) {
        bury(connected);
        pause(connected == null ? REFUSED_PAUSE_MILLIS : PAUSE_MILLIS);
      } else {
        endure(begun, connected);
        over = begun;
      }
    }
    bury(silent);
  }

  private WebSocketClient connect() throws IOException {
    WebSocketClient connected =
        WebSocketClient.connect(
            port.getAsInt(),
            key.signedPath("/comms/chats/ws", System.currentTimeMillis()),
            RECEIVE_BUFFER_BYTES,
            cookie,
            program);
    cookie = keepsCookie ? connected.cookie() : "";
    socket = connected;
    return connected;
  }

  private void read(WebSocketClient from) throws IOException {
    long pings = 0;
    try {
      for (String message = from.read(); message != null; message = from.read()) {
        pings = noteAnswered(pings, from.pingsAnswered());
        take(message);
        while (slow && !closed) {
          pause(PAUSE_MILLIS);
        }
        if (outage != null) {
          return;
        }
      }
    } finally {
      noteAnswered(pings, from.pingsAnswered());
    }
  }

  private long noteAnswered(long before, long now) {
    if (now > before) {
      arrivals.onPingAnswered();
    }
    return now;
  }

  private void take(String message) throws IOException {
    ReceivedEvent event = ReceivedEvent.read(message, userId);
    if (event.description().startsWith(ReceivedEvent.GAP)) {
      arrivals.onGap(Long.parseLong(event.description().substring(ReceivedEvent.GAP.length())));
    } else if (!drop.getAsBoolean()) {
      arrivals.onEvent(event.description(), event.id());
    }
  }

  /** Stays away for as long as it is to. */
  private void endure(Outage begun, @Nullable WebSocketClient from) {
    away = true;
    long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(begun.millis());
    if (begun.isSilent() && from != null) {
      bury(silent);
      silent = from;
      swallow(from, endNanos);
    } else {
      bury(from);
    }
    while (!closed && System.nanoTime() - endNanos < 0) {
      pause(PAUSE_MILLIS);
    }
  }

  /**
   * A link that is dead and not closed: what comes is lost, no ping is answered. The connection is
   * left behind, and still seems open to the gateway when the client has come back.
   */
  private void swallow(WebSocketClient from, long endNanos) {
    byte[] bytes = new byte[RECEIVE_BUFFER_BYTES];
    try {
      from.socket().setSoTimeout((int) PAUSE_MILLIS);
      while (!closed && System.nanoTime() - endNanos < 0) {
        try {
          if (from.socket().getInputStream().read(bytes) < 0) {
            return;
          }
        } catch (SocketTimeoutException e) {
          // Nothing has come.
        }
      }
    } catch (IOException e) {
      // The gateway has ended it, which this client does not notice.
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

  /** Compares what has come in this round. */
  Findings compare(Ledger ledger) {
    return arrivals.compare(ledger);
  }

  /** Forgets what has come. */
  void nextRound() {
    arrivals.nextRound();
  }

  int userId() {
    return userId;
  }

  int connects() {
    return arrivals.connects();
  }

  /** Whether it is away on purpose, and has not come back yet. */
  boolean isAway() {
    return away;
  }

  /** Stops reading, or goes on. */
  void setSlow(boolean slow) {
    this.slow = slow;
  }

  /**
   * Goes away for a while, if it is there; without a word when the next event has come. One thread.
   */
  void leave(Outage begun) {
    WebSocketClient current = socket;
    if (outage == null) {
      outage = begun;
      if (!begun.isSilent() && current != null) {
        try {
          current.sendClose(GOING_AWAY);
          current.close();
        } catch (IOException e) {
          // Gone already.
        }
      }
    }
  }

  /** Breaks the connection without a word, if it is not away, and comes back at once. */
  void vanish() {
    if (outage == null) {
      reset();
    }
  }

  private void reset() {
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
    reset();
  }
}
