package herald.gateway.tail;

import herald.protocol.WalletKey;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows one user's events. When the connection ends, or pings are not answered any more, it comes
 * back with {@code after=}, the id of the last event, and leaves out what it has passed on before.
 * Not thread safe: one thread runs it.
 */
public final class Tail {
  private static final String PATH = "/comms/chats/ws";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration SILENCE = Duration.ofSeconds(15);
  private static final int PINGS_UNTIL_SILENT = 3;

  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;
  private static final int REMEMBERED = 10_000;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
  private final URI gateway;
  private final WalletKey key;
  private final Consumer<String> onEvent;
  private final Consumer<String> onNote;
  private final long silenceNanos;

  /** The ids of events, the oldest first; the whole text of one that has none. */
  private final Set<String> seen = new LinkedHashSet<>();

  private @Nullable String after;

  /**
   * @param gateway scheme, host and port
   * @param after an event's id or an RFC 3339 time to begin with; null for where the gateway begins
   * @param onEvent takes each event's JSON once
   * @param onNote takes what is to be said about the connection
   */
  public Tail(
      URI gateway,
      WalletKey key,
      @Nullable String after,
      Consumer<String> onEvent,
      Consumer<String> onNote) {
    this(gateway, key, after, SILENCE, onEvent, onNote);
  }

  /**
   * The same, for tests.
   *
   * @param silence a connection on which nothing has come for so long is given up
   */
  Tail(
      URI gateway,
      WalletKey key,
      @Nullable String after,
      Duration silence,
      Consumer<String> onEvent,
      Consumer<String> onNote) {
    silenceNanos = silence.toNanos();
    this.gateway = gateway;
    this.key = key;
    this.after = after;
    this.onEvent = onEvent;
    this.onNote = onNote;
  }

  /**
   * Follows until the thread is interrupted.
   *
   * @throws IllegalArgumentException when the gateway refuses and would do so again
   */
  public void run() throws InterruptedException {
    long pauseMillis = 0;
    while (true) {
      TimeUnit.MILLISECONDS.sleep(pauseMillis);
      Listener listener = new Listener();
      WebSocket socket = null;
      try {
        socket =
            http.newWebSocketBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .buildAsync(signedUri(), listener)
                .get();
        onNote.accept("-- connected" + (after == null ? "" : ", after " + after));
        onNote.accept("-- " + listener.awaitEnd(socket, silenceNanos));
        pauseMillis = FIRST_PAUSE_MILLIS;
      } catch (ExecutionException e) {
        onNote.accept("-- " + reason(e.getCause()));
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, Math.max(FIRST_PAUSE_MILLIS, 2 * pauseMillis));
      } finally {
        if (socket != null) {
          socket.abort();
        }
      }
    }
  }

  private URI signedUri() {
    String position = after;
    Map<String, String> parameters = position == null ? Map.of() : Map.of("after", position);
    return gateway.resolve(key.signedPath(PATH, System.currentTimeMillis(), parameters));
  }

  /** What went wrong, without the signed URL that an exception's own message may hold. */
  private static String reason(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof WebSocketHandshakeException refused) {
      int status = refused.getResponse().statusCode();
      if (status >= 400 && status < 500 && status != 429) {
        throw new IllegalArgumentException(
            "the gateway refuses with status "
                + status
                + " (expected: the key of an active user, a clock within 12 hours, an id or an"
                + " RFC 3339 time after --after)");
      }
      return "refused with status " + status;
    }
    return "can't connect: " + (cause == null ? "no reason" : cause.getClass().getSimpleName());
  }

  private void take(String event) {
    EventLine line = EventLine.parse(event);
    if (line.place() != null && !line.isGap()) {
      after = line.place();
    }
    if (seen.add(Objects.requireNonNullElse(line.id(), event))) {
      if (seen.size() > REMEMBERED) {
        var oldest = seen.iterator();
        oldest.next();
        oldest.remove();
      }
      onEvent.accept(event);
    }
  }

  /** Gathers a message's parts; on the client's own thread, one call at a time. */
  private final class Listener implements WebSocket.Listener {
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private volatile long heardAtNanos = System.nanoTime();

    /**
     * Waits until the connection has ended, and sends pings meanwhile: a line may be mute, and the
     * JDK's client now and then does not say that the gateway's end has been closed.
     *
     * @param silenceNanos the connection has ended if nothing has come for so long
     * @return how it has ended
     */
    String awaitEnd(WebSocket socket, long silenceNanos)
        throws InterruptedException, ExecutionException {
      while (System.nanoTime() - heardAtNanos < silenceNanos) {
        try {
          return ended.get(silenceNanos / PINGS_UNTIL_SILENT, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          var unused = socket.sendPing(ByteBuffer.allocate(0));
        }
      }
      return "lost: nothing has come for " + TimeUnit.NANOSECONDS.toSeconds(silenceNanos) + " s";
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer payload) {
      heardAtNanos = System.nanoTime();
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      heardAtNanos = System.nanoTime();
      text.append(part);
      if (last) {
        String event = text.toString();
        text.setLength(0);
        take(event);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer payload) {
      heardAtNanos = System.nanoTime();
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      ended.complete("closed with " + code + (reason.isEmpty() ? "" : " " + reason));
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      ended.complete("lost: " + failure.getClass().getSimpleName());
    }
  }
}
