package herald.benchmarks.feeds;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.StreamSettings;
import herald.gateway.feed.LightListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What runs in a process of light instances. It takes {@code grow NUMBER}, {@code begin} and {@code
 * counts}, and answers with {@code grown}, {@code begun}, and {@code counts FEWEST MOST}: the
 * events of any one instance since the beginning. Until its input ends.
 */
public final class LightProcess {
  private final Opener opener;
  private final BufferedReader in;
  private final PrintStream out;
  private final List<Light> lights = new ArrayList<>();

  /** One instance, and how many events it had at the beginning. */
  private static final class Light {
    private final LongSupplier events;
    private final AutoCloseable instance;
    private long before;

    Light(LongSupplier events, AutoCloseable instance) {
      this.events = events;
      this.instance = instance;
    }

    long count() {
      return events.getAsLong() - before;
    }
  }

  private interface Opener {
    Light open() throws SQLException, InterruptedException;
  }

  private LightProcess(Opener opener, BufferedReader in, PrintStream out) {
    this.opener = opener;
    this.in = in;
    this.out = out;
  }

  /** Instances that listen to the database. */
  public static LightProcess listening(DatabaseUrl url, BufferedReader in, PrintStream out) {
    return new LightProcess(
        () -> {
          LightListener listener = LightListener.open(url);
          return new Light(listener::events, listener);
        },
        in,
        out);
  }

  /** Instances that read a stream. */
  public static LightProcess reading(StreamSettings stream, BufferedReader in, PrintStream out) {
    return new LightProcess(
        () -> {
          LightStream light = LightStream.open(stream);
          return new Light(light::events, light);
        },
        in,
        out);
  }

  /** Runs until the input ends. */
  public void run() throws Exception {
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        told(line);
      }
    } finally {
      for (Light light : lights) {
        light.instance.close();
      }
    }
  }

  private void told(String line) throws IOException, SQLException, InterruptedException {
    if (line.startsWith("grow ")) {
      int count = Integer.parseInt(line.substring("grow ".length()));
      while (lights.size() < count) {
        lights.add(opener.open());
      }
      out.println("grown");
    } else if (line.equals("begin")) {
      lights.forEach(light -> light.before = light.events.getAsLong());
      out.println("begun");
    } else if (line.equals("counts")) {
      long[] counts = lights.stream().mapToLong(Light::count).sorted().toArray();
      out.println("counts " + counts[0] + " " + counts[counts.length - 1]);
    }
  }
}
