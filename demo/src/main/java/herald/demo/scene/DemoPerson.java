package herald.demo.scene;

import herald.demo.client.WebSocketClient;
import herald.demo.page.People;
import herald.demo.platform.PlatformUser;
import herald.protocol.HashIds;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Somebody of the demo: an account, a key, and a client that notes when each event arrives. */
final class DemoPerson implements AutoCloseable {
  private static final String PATH = "/comms/chats/ws";
  private static final int TRY_AGAIN = 503;
  private static final int MAX_TRIES = 40;
  private static final long PAUSE_MILLIS = 250;
  private static final Pattern METHOD = Pattern.compile("\"method\":\"([^\"]*)\"");

  private final People.Person person;
  private final WalletKey key;

  /** Guarded by this. */
  private final List<Arrival> arrivals = new ArrayList<>();

  private @Nullable WebSocketClient client;

  private DemoPerson(People.Person person, WalletKey key) {
    this.person = person;
    this.key = key;
  }

  /**
   * An event that has arrived.
   *
   * @param nanos {@link System#nanoTime} when it had been read from the socket
   */
  record Arrival(String message, long nanos) {
    String method() {
      Matcher matcher = METHOD.matcher(message);
      return matcher.find() ? matcher.group(1) : "something";
    }
  }

  static DemoPerson create(String name, String role, WalletKey key, People people)
      throws SQLException {
    return new DemoPerson(people.add(name, role, key.wallet(), key.toHex()), key);
  }

  void connect(int port) throws IOException, InterruptedException {
    WebSocketClient connected = connectPatiently(port);
    client = connected;
    Thread reader = new Thread(() -> read(connected), "demo-" + name());
    reader.setDaemon(true);
    reader.start();
  }

  /** A gateway that has too much to do says 503; a client comes back. */
  private WebSocketClient connectPatiently(int port) throws IOException, InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        return WebSocketClient.connect(port, signedPath());
      } catch (WebSocketClient.RefusedException e) {
        if (e.status() != TRY_AGAIN || tries == MAX_TRIES) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
  }

  private void read(WebSocketClient from) {
    try {
      for (String message = from.read(); message != null; message = from.read()) {
        Arrival arrival = new Arrival(message, System.nanoTime());
        synchronized (this) {
          arrivals.add(arrival);
          notifyAll();
        }
      }
    } catch (IOException e) {
      // The demo is over.
    }
  }

  /** Waits for the first event that holds this text. */
  synchronized Arrival await(String text, long seconds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (true) {
      for (Arrival arrival : arrivals) {
        if (arrival.message.contains(text)) {
          return arrival;
        }
      }
      long leftNanos = deadline - System.nanoTime();
      if (leftNanos <= 0) {
        throw new IllegalStateException(
            name() + " got nothing within " + seconds + " s (expected: a few milliseconds)");
      }
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
    }
  }

  synchronized boolean has(String text) {
    return arrivals.stream().anyMatch(arrival -> arrival.message.contains(text));
  }

  String name() {
    return person.name();
  }

  People.Person person() {
    return person;
  }

  PlatformUser user() {
    return person.user();
  }

  String keyHex() {
    return key.toHex();
  }

  String signedPath() {
    return key.signedPath(PATH, System.currentTimeMillis());
  }

  /** Name, public id and role. */
  @Override
  public String toString() {
    return String.format("%-5s %-7s %s", name(), HashIds.encode(user().userId()), person.role());
  }

  @Override
  public void close() throws IOException {
    if (client != null) {
      client.close();
    }
  }
}
