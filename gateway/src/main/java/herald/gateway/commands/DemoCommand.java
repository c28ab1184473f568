package herald.gateway.commands;

import herald.gateway.config.HostPort;
import herald.gateway.demo.scene.Demo;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code herald demo}: everything in one process, to look at. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description =
        "Starts a PostgreSQL of its own, the gateway and three clients, shows events travel"
            + " from commits to sockets, and stays up until Ctrl-C. Leaves nothing behind.",
    footer = {
      "",
      "On the port of --bind are a page to look at (/), the part of the platform's API that its"
          + " published client needs for chats (/comms/), and the gateway's websocket.",
      "The page can restart the database and cut connections, and it is given the keys of the"
          + " demo's people: bind it to a network only where everybody may do that."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--bind",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8080",
      description = "Where browsers and clients connect.%n  Default: ${DEFAULT-VALUE}")
  private String bind;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9090",
      description = "Where /metrics, /livez and /readyz are served.%n  Default: ${DEFAULT-VALUE}")
  private String admin;

  @Option(names = "--once", description = "Play the scene and exit.")
  private boolean once;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.println("  Herald: from a PostgreSQL commit to the WebSockets it concerns");
    out.println();
    Demo demo = new Demo(out, HostPort.parse(bind), HostPort.parse(admin));
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
                "herald-stop"));
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
      spec.commandLine().getErr().println("herald: " + e.getMessage());
    }
  }
}
