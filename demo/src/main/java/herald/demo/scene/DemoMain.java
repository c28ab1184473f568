package herald.demo.scene;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The demo's command line. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Starts a PostgreSQL of its own, two gateway instances and three clients, shows how events"
            + " travel from commits to sockets, and stays up until Ctrl-C. It leaves nothing"
            + " behind.",
    footer = {
      "",
      "The port of --bind serves a page (/), the part of the platform's API that its published"
          + " client needs for chats (/comms/), and the gateway's WebSocket.",
      "The page can kill the database and the gateway and cut connections, and it is given the keys"
          + " of the demo's people: bind it to a network only where everybody may do that."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class DemoMain implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--bind",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8080",
      converter = AddressConverter.class,
      description =
          "Where browsers and clients connect; if the port is taken, the next free one is used.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private InetSocketAddress bind;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9090",
      converter = AddressConverter.class,
      description =
          "Where the first gateway instance serves /metrics, /livez and /readyz; likewise. The"
              + " second one uses the next free port.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private InetSocketAddress admin;

  @Option(names = "--once", description = "Plays the scene and exits.")
  private boolean once;

  private DemoMain() {}

  /** Runs the demo and exits with 0, or with 1 and one sentence if it can't run. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new DemoMain())
            .setExecutionExceptionHandler(
                (failure, failed, parsed) -> {
                  failed.getErr().println("demo: " + failure.getMessage());
                  return 1;
                })
            .execute(args));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.println("  Herald: from a PostgreSQL commit to the WebSockets it concerns");
    out.println();
    Demo demo = new Demo(out, bind, admin);
    if (once) {
      try (demo) {
        demo.play();
      }
      return 0;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  close(demo);
                  stopped.countDown();
                },
                "demo-stop"));
    demo.play();
    demo.invite();
    out.println("  Ctrl-C ends it.");
    out.flush();
    stopped.await();
    return 0;
  }

  private void close(Demo demo) {
    try {
      demo.close();
    } catch (IOException e) {
      spec.commandLine().getErr().println("demo: " + e.getMessage());
    }
  }

  /** Reads a host and a port. */
  static final class AddressConverter implements CommandLine.ITypeConverter<InetSocketAddress> {
    @Override
    public InetSocketAddress convert(String text) {
      int colon = text.lastIndexOf(':');
      try {
        return new InetSocketAddress(
            text.substring(0, Math.max(0, colon)), Integer.parseInt(text.substring(colon + 1)));
      } catch (IllegalArgumentException e) {
        throw new CommandLine.TypeConversionException(
            "'" + text + "' is no address (expected: host:port, for example 127.0.0.1:8080)");
      }
    }
  }
}
