package herald.demo.scene;

import herald.demo.gateways.GatewayInstances;
import herald.demo.page.DemoSite;
import herald.demo.page.People;
import herald.demo.platform.BlastAudience;
import herald.demo.platform.Committed;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.postgres.EmbeddedDatabase;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A whole platform on one machine: a database of its own, two gateway instances in processes of
 * their own, the platform's API with a page to look at, and people whose clients hang on real
 * sockets. Plays a short scene and shows who got what, and how long it took from the commit; then
 * stays up.
 */
public final class Demo implements AutoCloseable {
  private static final int INSTANCES = 2;
  private static final long ARRIVAL_SECONDS = 10;

  private final PrintWriter out;
  private final InetSocketAddress bind;
  private final EmbeddedDatabase database;
  private final GatewayInstances instances;
  private final DemoSite site;
  private final List<DemoPerson> people;

  /**
   * Starts the database, two gateway instances, and what stands before it.
   *
   * @param out where the scene is told
   * @param bind where clients and browsers can connect; if the port is taken, a higher one is used
   * @param admin where the first instance serves metrics and probes; the second one uses the next
   *     free port
   */
  public Demo(PrintWriter out, InetSocketAddress bind, InetSocketAddress admin)
      throws IOException, SQLException {
    this.out = out;
    this.bind = FreeAddress.near(bind, line -> say("  " + line));
    List<InetSocketAddress> admins = admins(admin);
    database = EmbeddedDatabase.start(Map.of(), line -> say("  " + line));
    GatewayInstances started = null;
    try {
      say("  starting two gateway instances: about three seconds");
      started = new GatewayInstances(database.url(), admins, this::say);
      People all = new People(new Community(database.dataSource()));
      people = createPeople(all);
      site = new DemoSite(this.bind, started, database, all);
    } catch (IOException | SQLException | RuntimeException e) {
      if (started != null) {
        started.close();
      }
      database.close();
      throw e;
    }
    instances = started;
  }

  private List<InetSocketAddress> admins(InetSocketAddress first) throws IOException {
    List<InetSocketAddress> admins = new ArrayList<>();
    InetSocketAddress wanted = first;
    for (int i = 0; i < INSTANCES; i++) {
      InetSocketAddress free = FreeAddress.near(wanted, line -> say("  " + line));
      admins.add(free);
      if (wanted.getPort() > 0) {
        wanted = new InetSocketAddress(free.getAddress(), free.getPort() + 1);
      }
    }
    return admins;
  }

  private static List<DemoPerson> createPeople(People people) throws SQLException {
    SecureRandom random = new SecureRandom();
    DemoPerson ada = DemoPerson.create("Ada", "the artist", WalletKey.random(random), people);
    DemoPerson ben =
        DemoPerson.create(
            "Ben", "follows Ada, has a chat with her", WalletKey.random(random), people);
    DemoPerson cleo =
        DemoPerson.create(
            "Cleo", "follows Ada, has no chat with her", WalletKey.random(random), people);
    people.followArtist(ben.person());
    people.followArtist(cleo.person());
    WalletKey dora = WalletKey.random(random);
    people.add("Dora", "follows nobody; only on the page", dora.wallet(), dora.toHex());
    return List.of(ada, ben, cleo);
  }

  /** Plays the scene. */
  public void play() throws IOException, SQLException, InterruptedException {
    instances.awaitReady();
    say("");
    say(
        "  Three people are connected, each with a WebSocket and a real signature, to one instance"
            + " or the other:");
    for (DemoPerson person : people) {
      person.connect(site.port());
      say("    " + person);
    }
    DemoPerson ada = people.get(0);
    DemoPerson ben = people.get(1);
    DemoPerson cleo = people.get(2);
    Platform platform = new Platform(database.dataSource());
    String chat = platform.createChat(ada.user(), ben.user()).subjectId();

    Committed message = platform.message(ada.user(), chat, "Hello Ben, a new song is out!");
    tell("Ada writes to Ben", message, message.subjectId(), List.of(ben), List.of(ada, cleo));
    Committed reaction = platform.react(ben.user(), chat, message.subjectId(), "fire");
    tell("Ben reacts", reaction, "chat.react", List.of(ada), List.of(ben, cleo));
    Committed blast =
        platform.blast(
            ada.user(), BlastAudience.of("follower_audience"), "To all of you: thank you.");
    tell(
        "Ada sends a blast to her followers",
        blast,
        blast.subjectId(),
        List.of(ben, cleo, ada),
        List.of());
  }

  private void tell(
      String what,
      Committed committed,
      String text,
      List<DemoPerson> receivers,
      List<DemoPerson> others)
      throws InterruptedException {
    say("");
    say("  " + what + ":");
    for (DemoPerson receiver : receivers) {
      DemoPerson.Arrival arrival = receiver.await(text, ARRIVAL_SECONDS);
      say(
          String.format(
              "    -> %-5s got %-13s %6.2f ms after the commit",
              receiver.name(),
              arrival.method(),
              (arrival.nanos() - committed.commitNanos()) / 1e6));
    }
    for (DemoPerson other : others) {
      say("       " + other.name() + " got nothing" + (other.has(text) ? " (BUT DID!)" : ""));
    }
  }

  /** The port of the page, the API and the websocket. */
  public int port() {
    return site.port();
  }

  /** Says how to connect from elsewhere. */
  public void invite() {
    String host =
        bind.getAddress().isAnyLocalAddress() ? "127.0.0.1" : bind.getAddress().getHostAddress();
    String address = (host.contains(":") ? "[" + host + "]" : host) + ":" + site.port();
    say("");
    say("  The page: http://" + address + "/");
    String url = "ws://" + address;
    say("");
    say("  Connect as one of them with any WebSocket client; the URLs are good for 12 hours:");
    for (DemoPerson person : people) {
      say("");
      say("    " + person.name() + "  " + url + person.signedPath());
    }
    say("");
    say("  A key signs more of them:  herald sign --url " + url + " --key HEX");
    for (DemoPerson person : people) {
      say("    " + person.name() + "'s key: " + person.keyHex());
    }
    say("");
    say(
        "  Metrics: "
            + instances.all().stream()
                .map(instance -> instance.adminUrl() + "/metrics")
                .collect(Collectors.joining("  ")));
    say("");
  }

  /** Any thread. */
  private void say(String line) {
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }

  /** Stops all of it and leaves nothing behind. */
  @Override
  public void close() throws IOException {
    for (DemoPerson person : people) {
      person.close();
    }
    site.close();
    instances.close();
    database.close();
  }
}
