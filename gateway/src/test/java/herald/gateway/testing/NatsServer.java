package herald.gateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.StreamSettings;
import herald.gateway.deploy.Tool;
import herald.gateway.testing.TestGateway.Eventually;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.PurgeResponse;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server of NATS with JetStream on a free port of 127.0.0.1, which a test starts, kills, freezes
 * and starts again on the same port, with or without what it had stored. Tests are skipped where
 * there is none.
 */
public final class NatsServer implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 60;

  private final Tool program;
  private final int port;
  private final Path folder;
  private final List<String> arguments;
  private Process process;
  private String user = "";
  private String password = "";

  private NatsServer(Tool program, int port, Path folder, List<String> arguments, Process first) {
    this.program = program;
    this.port = port;
    this.folder = folder;
    this.arguments = arguments;
    process = first;
  }

  /** Starts one, or skips the test. */
  public static NatsServer start(String... more) throws IOException, InterruptedException {
    Tool program = Tool.orSkip("nats-server", "nats-server");
    Path folder = Files.createTempDirectory("herald-nats");
    int port = Tool.freePort();
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--addr", "127.0.0.1", "--port", Integer.toString(port)));
    arguments.addAll(List.of("--jetstream", "--store_dir", folder.resolve("store").toString()));
    arguments.addAll(Arrays.asList(more));
    NatsServer started =
        new NatsServer(program, port, folder, arguments, run(program, folder, arguments));
    started.awaitListening();
    return started;
  }

  private static Process run(Tool program, Path folder, List<String> arguments) throws IOException {
    return program.start(folder.resolve("log"), arguments.toArray());
  }

  private void awaitListening() throws InterruptedException {
    awaitLine("Server is ready");
  }

  private void awaitLine(String text) throws InterruptedException {
    Eventually.holds(
        "the server of NATS says " + text,
        DEADLINE_SECONDS,
        () -> {
          try {
            return Files.readString(folder.resolve("log")).contains(text);
          } catch (IOException e) {
            return false;
          }
        });
  }

  /** The port. */
  public int port() {
    return port;
  }

  /** How instances and relays are told of it. */
  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  /** Settings of the stream with the default name. */
  public StreamSettings settings() {
    return StreamSettings.of(url());
  }

  /** Something that is done over a connection. */
  @FunctionalInterface
  public interface Task<T> {
    /** Does it. */
    T run(Connection connection) throws IOException, JetStreamApiException, InterruptedException;
  }

  /**
   * Does something over a connection of its own.
   *
   * @throws IOException when the server refuses it, too
   */
  public <T> T ask(Task<T> task) throws IOException, InterruptedException {
    Connection connection = connect();
    try {
      return task.run(connection);
    } catch (JetStreamApiException e) {
      throw new IOException(e);
    } finally {
      connection.close();
    }
  }

  /** Has connections of the test's own be those of this user. */
  public NatsServer as(String name, String secret) {
    user = name;
    password = secret;
    return this;
  }

  /** A connection of the test's own, which it closes. */
  public Connection connect() throws IOException, InterruptedException {
    return Nats.connect(
        new Options.Builder()
            .server(url())
            .userInfo(user, password)
            .connectionTimeout(Duration.ofSeconds(2))
            .noReconnect()
            .errorListener(new ErrorListener() {})
            .build());
  }

  /** Makes the stream as an operator would. */
  public void createStream() throws IOException, InterruptedException {
    StreamInfo made =
        ask(
            connection ->
                connection
                    .jetStreamManagement()
                    .addStream(
                        StreamConfiguration.builder()
                            .name(StreamSettings.DEFAULT_NAME)
                            .subjects(settings().eventSubject())
                            .retentionPolicy(RetentionPolicy.Limits)
                            .storageType(StorageType.File)
                            .maxAge(Duration.ofMinutes(15))
                            .build()));
    assertThat(made.getConfiguration().getName()).isEqualTo(StreamSettings.DEFAULT_NAME);
  }

  /** Takes all messages out of the stream. */
  public void purge() throws IOException, InterruptedException {
    PurgeResponse purged =
        ask(
            connection ->
                connection.jetStreamManagement().purgeStream(StreamSettings.DEFAULT_NAME));
    assertThat(purged.isSuccess()).isTrue();
  }

  /** Deletes the message before the last one: behind it the stream goes on. */
  public void deleteTheLastButOne() throws IOException, InterruptedException {
    boolean isDeleted =
        ask(
            connection -> {
              JetStreamManagement management = connection.jetStreamManagement();
              long last =
                  management
                      .getStreamInfo(StreamSettings.DEFAULT_NAME)
                      .getStreamState()
                      .getLastSequence();
              return management.deleteMessage(StreamSettings.DEFAULT_NAME, last - 1);
            });
    assertThat(isDeleted).isTrue();
  }

  /** Ends it at once. */
  public void kill() throws InterruptedException {
    assertThat(process.destroyForcibly().waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** Starts it again with what it had stored. */
  public void restart() throws IOException, InterruptedException {
    kill();
    process = run(program, folder, arguments);
    awaitListening();
  }

  /** Starts it again without anything. */
  public void restartEmpty() throws IOException, InterruptedException {
    kill();
    delete(folder.resolve("store"));
    process = run(program, folder, arguments);
    awaitListening();
  }

  /** Stops it in order, keeps a copy of what it has stored, and starts it again. */
  public void saveStore() throws IOException, InterruptedException {
    process.destroy();
    assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
    copy(folder.resolve("store"), folder.resolve("saved"));
    restart();
  }

  /** Starts it again as after a loss of power: with what it had stored when that was saved. */
  public void restartWithSavedStore() throws IOException, InterruptedException {
    kill();
    delete(folder.resolve("store"));
    copy(folder.resolve("saved"), folder.resolve("store"));
    process = run(program, folder, arguments);
    awaitListening();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        var unused = Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  /** The sequence of the last message of the stream. */
  public long lastSequence() throws IOException, InterruptedException {
    return ask(
        connection ->
            connection
                .jetStreamManagement()
                .getStreamInfo(StreamSettings.DEFAULT_NAME)
                .getStreamState()
                .getLastSequence());
  }

  /** It does nothing any more, and its connections stay open. */
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** It goes on. */
  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private static void delete(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (Stream<Path> files = Files.walk(tree)) {
        files.map(Path::toFile).sorted((a, b) -> b.compareTo(a)).forEach(File::delete);
      }
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    delete(folder);
  }
}
