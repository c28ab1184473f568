package herald.gateway.testing;

import herald.demo.client.WebSocketClient;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client of a test: connects with a real signature, collects on a thread of its own what arrives,
 * and waits for what is expected under a deadline.
 */
public final class TestClient implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 20;
  private static final Pattern MESSAGE_ID = Pattern.compile("\"message_id\":\"([^\"]*)\"");

  private final WebSocketClient socket;
  private final Thread reader;

  /** Guarded by this. */
  private final List<String> received = new ArrayList<>();

  /** Guarded by this. */
  private boolean ended;

  private TestClient(WebSocketClient socket) {
    this.socket = socket;
    reader = new Thread(this::read, "test-client");
    reader.setDaemon(true);
    reader.start();
  }

  /** Connects as the user of this key. */
  public static TestClient connect(int port, WalletKey key) throws IOException {
    return connect(port, key, Map.of());
  }

  /** Connects with further signed parameters. */
  public static TestClient connect(int port, WalletKey key, Map<String, String> parameters)
      throws IOException {
    return connect(port, key.signedPath("/comms/chats/ws", System.currentTimeMillis(), parameters));
  }

  /** Connects with a path that has been signed already. */
  public static TestClient connect(int port, String path) throws IOException {
    return new TestClient(WebSocketClient.connect(port, path));
  }

  /** Connects with the cookie that an earlier connection was given. */
  public static TestClient connectWithCookie(int port, WalletKey key, String cookie)
      throws IOException {
    String path = key.signedPath("/comms/chats/ws", System.currentTimeMillis(), Map.of());
    return new TestClient(WebSocketClient.connect(port, path, cookie));
  }

  /** The cookie that the gateway has set; empty if it has set none. */
  public String cookie() {
    return socket.cookie();
  }

  /** The whole Set-Cookie header; empty if there was none. */
  public String setCookie() {
    return socket.setCookie();
  }

  private void read() {
    try {
      for (String message = socket.read(); message != null; message = socket.read()) {
        synchronized (this) {
          received.add(message);
          notifyAll();
        }
      }
    } catch (IOException e) {
      // The end, however it came.
    }
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }

  /** Waits until this many messages have come in all, and returns all that have. */
  public synchronized List<String> awaitMessages(int count) throws InterruptedException {
    await(() -> received.size() >= count, count + " messages");
    return List.copyOf(received);
  }

  /** Waits until a message that holds this text has come, and returns the first. */
  public synchronized String awaitMessage(String text) throws InterruptedException {
    await(() -> received.stream().anyMatch(message -> message.contains(text)), text);
    return received.stream().filter(message -> message.contains(text)).findFirst().orElseThrow();
  }

  /** Waits until the connection has ended, and returns the close code; 0 without a close frame. */
  public synchronized int awaitEnd() throws InterruptedException {
    await(() -> ended, "the end of the connection");
    return socket.closeCode();
  }

  private interface Condition {
    boolean holds();
  }

  private void await(Condition condition, String what) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    synchronized (this) {
      while (!condition.holds()) {
        long leftNanos = deadline - System.nanoTime();
        if (leftNanos <= 0) {
          throw new AssertionError("waited in vain for " + what + "; received: " + received);
        }
        TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
      }
    }
  }

  /** All that has come so far. */
  public synchronized List<String> received() {
    return List.copyOf(received);
  }

  /** The message ids of what has come so far, in order. */
  public synchronized List<String> messageIds() {
    List<String> ids = new ArrayList<>();
    for (String message : received) {
      Matcher matcher = MESSAGE_ID.matcher(message);
      if (matcher.find()) {
        ids.add(matcher.group(1));
      }
    }
    return ids;
  }

  /** Whether the connection is still open. */
  public synchronized boolean isOpen() {
    return !ended;
  }

  /** The socket, for who wants to treat it badly. */
  public WebSocketClient socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
