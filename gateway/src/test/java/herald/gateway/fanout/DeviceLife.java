package herald.gateway.fanout;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A random life of one user's devices: with and without cookies, links that die without anybody's
 * noticing, connections that end before anything is confirmed, devices that are new. Each device
 * must get every event that is published after its first connection.
 *
 * <p>What they connect to is of the subclass, which also chooses the steps.
 *
 * @param <C> a connection
 */
public abstract class DeviceLife<C> {
  private static final int MOST_DEVICES = 4;

  /** What many lives have come to. */
  public static class Tally {
    private long published;
    private long delivered;
    private long needless;
    private long lost;
    private @Nullable String example;

    /** Events that devices have got. */
    public long delivered() {
      return delivered;
    }

    /** Events that devices should have got and have not. */
    public long lost() {
      return lost;
    }

    @Override
    public String toString() {
      return String.format(
          "%,d events, %,d deliveries, %,d of them needless, %,d lost%s",
          published, delivered, needless, lost, example == null ? "" : ": " + example);
    }
  }

  /** A device, and what it has got. */
  protected static final class Gadget<C> {
    private final int number;
    private final boolean keepsCookies;
    private boolean hasCookie;
    private @Nullable C connection;
    private final Set<String> got = new HashSet<>();
    private int since = -1;

    private Gadget(int number, boolean keepsCookies) {
      this.number = number;
      this.keepsCookies = keepsCookies;
    }

    /** Counts the devices. */
    public int number() {
      return number;
    }

    /** Whether it sends a cookie. */
    public boolean hasCookie() {
      return hasCookie;
    }

    /** Null while it has none. */
    public @Nullable C connection() {
      return connection;
    }

    /** Nobody on the other side remembers the connection. */
    public void cutOff() {
      connection = null;
    }
  }

  private final Random random;
  private final Tally tally;
  private final List<String> published = new ArrayList<>();
  private final List<Gadget<C>> gadgets = new ArrayList<>();
  private final List<C> dead = new ArrayList<>();
  private final StringBuilder story = new StringBuilder();

  protected DeviceLife(long seed, Tally tally) {
    random = new Random(seed);
    this.tally = tally;
    story.append("seed ").append(seed);
  }

  // ---- What they connect to ----

  protected abstract C open(Gadget<C> gadget);

  protected abstract void close(C connection);

  /** The names of all events that the connection is sent now. */
  protected abstract List<String> read(C connection);

  protected abstract void confirm(C connection);

  /** Where the connection is, for the story. */
  protected abstract String where(C connection);

  // ---- For the subclass ----

  protected final Random random() {
    return random;
  }

  protected final List<Gadget<C>> gadgets() {
    return gadgets;
  }

  /** Connections whose link is dead, and whose end the server has not noticed. */
  protected final List<C> dead() {
    return dead;
  }

  protected final void tell(String what) {
    story.append("; ").append(what);
  }

  /** One more event; its name. */
  protected final String publish() {
    String name = "e" + published.size();
    published.add(name);
    tally.published++;
    return name;
  }

  // ---- Steps ----

  /** Does this with one of the devices, if there are any. */
  protected final void with(Consumer<Gadget<C>> step) {
    if (!gadgets.isEmpty()) {
      step.accept(gadgets.get(random.nextInt(gadgets.size())));
    }
  }

  /** A new device connects. */
  protected final void appear() {
    if (gadgets.size() < MOST_DEVICES) {
      Gadget<C> gadget = new Gadget<>(gadgets.size(), random.nextBoolean());
      gadgets.add(gadget);
      connect(gadget);
    }
  }

  /** Also while the connection before is open: its link has died, and only the client knows. */
  protected final void connect(Gadget<C> gadget) {
    C before = gadget.connection;
    if (before != null) {
      dead.add(before);
    }
    C connection = open(gadget);
    gadget.connection = connection;
    if (gadget.since < 0) {
      gadget.since = published.size();
    }
    gadget.hasCookie |= gadget.keepsCookies;
    tell("connect " + gadget.number + where(connection));
  }

  private void receive(Gadget<C> gadget) {
    C connection = gadget.connection;
    if (connection != null) {
      for (String name : read(connection)) {
        tally.delivered++;
        if (!gadget.got.add(name)) {
          tally.needless++;
        }
      }
    }
  }

  /** A device confirms all that it is sent. */
  protected final void confirm(Gadget<C> gadget) {
    C connection = gadget.connection;
    if (connection != null) {
      receive(gadget);
      confirm(connection);
      tell("confirm " + gadget.number);
    }
  }

  /** The connection of one of the devices dies or ends. */
  protected final void dieOrEnd() {
    with(random.nextBoolean() ? this::die : this::end);
  }

  private void die(Gadget<C> gadget) {
    C connection = gadget.connection;
    if (connection != null) {
      dead.add(connection);
      gadget.connection = null;
      tell("die " + gadget.number);
    }
  }

  private void end(Gadget<C> gadget) {
    C connection = gadget.connection;
    if (connection != null) {
      if (random.nextBoolean()) {
        receive(gadget);
      }
      close(connection);
      gadget.connection = null;
      tell("end " + gadget.number);
    }
  }

  /** The server notices that a link is dead. */
  protected final void notice() {
    if (!dead.isEmpty()) {
      C connection = dead.remove(random.nextInt(dead.size()));
      close(connection);
      tell("notice" + where(connection));
    }
  }

  /** All devices connect, and must then have got everything. */
  protected final void checkAll() {
    for (Gadget<C> gadget : gadgets) {
      connect(gadget);
      receive(gadget);
      check(gadget);
    }
  }

  private void check(Gadget<C> gadget) {
    for (int i = gadget.since; i < published.size(); i++) {
      if (!gadget.got.contains(published.get(i))) {
        tally.lost++;
        if (tally.example == null) {
          tally.example = "device " + gadget.number + " never got e" + i + "; " + story;
        }
      }
    }
  }
}
