package herald.benchmarks.servers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Nchan in an nginx of the driver's own: one worker, one channel, to which all subscribe. */
public final class Nchan implements AutoCloseable {
  /** Where clients subscribe. */
  public static final String PATH = "/subscribe";

  /** How to get it. */
  public static final String HOW_TO_INSTALL = "apt-get install nginx libnginx-mod-nchan";

  private static final String MODULE = "ngx_nchan_module.so";
  private static final List<Path> MODULE_DIRECTORIES =
      List.of(Path.of("/usr/lib/nginx/modules"), Path.of("/usr/share/nginx/modules"));
  private static final List<Path> PROGRAMS =
      List.of(Path.of("/usr/sbin/nginx"), Path.of("/usr/local/sbin/nginx"));
  private static final String CONFIGURATION =
      """
      load_module %1$s;
      daemon off;
      worker_processes 1;
      pid %2$s/nginx.pid;
      error_log %2$s/error.log;
      events { worker_connections 19500; }
      http {
        access_log off;
        nchan_shared_memory_size 512m;
        client_body_temp_path %2$s/body;
        proxy_temp_path %2$s/proxy;
        fastcgi_temp_path %2$s/fastcgi;
        uwsgi_temp_path %2$s/uwsgi;
        scgi_temp_path %2$s/scgi;
        server {
          listen 127.0.0.1:%3$d backlog=4096;
          location = /subscribe {
            nchan_subscriber websocket;
            nchan_subscriber_first_message newest;
            nchan_channel_id bench;
          }
          location = /publish {
            nchan_publisher http;
            nchan_channel_id bench;
            client_max_body_size 16m;
            client_body_buffer_size 16m;
          }
        }
      }
      """;
  private static final long START_SECONDS = 10;

  private final HttpClient http = HttpClient.newHttpClient();
  private final TemporaryDirectory directory;
  private final Process master;
  private final int port;

  private Nchan(TemporaryDirectory directory, Process master, int port) {
    this.directory = directory;
    this.master = master;
    this.port = port;
  }

  /** Whether nginx and the module are here. */
  public static boolean isInstalled() {
    return program().isPresent() && module().isPresent();
  }

  private static Optional<Path> program() {
    return PROGRAMS.stream().filter(Files::isExecutable).findFirst();
  }

  private static Optional<Path> module() {
    return MODULE_DIRECTORIES.stream()
        .map(place -> place.resolve(MODULE))
        .filter(Files::isReadable)
        .findFirst();
  }

  /** Starts nginx and waits until its worker runs. */
  public static Nchan start() throws IOException, InterruptedException {
    TemporaryDirectory directory = TemporaryDirectory.create("herald-bench-nchan");
    int port = FreePort.any();
    Path configuration = directory.path().resolve("nginx.conf");
    Path log = directory.path().resolve("start.log");
    Files.writeString(
        configuration, CONFIGURATION.formatted(module().orElseThrow(), directory.path(), port));
    Process master =
        new ProcessBuilder(
                program().orElseThrow().toString(),
                "-p",
                directory.path().toString(),
                "-c",
                configuration.toString())
            .redirectError(log.toFile())
            .start();
    Nchan nchan = new Nchan(directory, master, port);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (nchan.worker().isEmpty()) {
      if (!master.isAlive() || System.nanoTime() - deadline > 0) {
        String said = Files.readString(log).strip();
        nchan.close();
        throw new IOException("nginx did not start; it said: " + said);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return nchan;
  }

  private Optional<ProcessHandle> worker() {
    return master.children().findFirst();
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** What the worker costs. */
  public ProcessFigures figures() {
    return new ProcessFigures(worker().orElseThrow().pid());
  }

  /** Sends one text message to all. */
  public void broadcast(String text) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/publish"))
            .POST(HttpRequest.BodyPublishers.ofString(text))
            .build();
    int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status / 100 != 2) {
      throw new IOException("Nchan answered a message with status " + status);
    }
  }

  @Override
  public void close() throws IOException {
    master.destroy();
    try {
      if (!master.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
        master.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    directory.close();
  }
}
