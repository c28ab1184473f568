package herald.gateway.testing;

import herald.gateway.config.GatewayConfig;
import herald.gateway.config.StreamSettings;
import herald.gateway.relay.LocalRelay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** A test's database, a relay in the tests' process, and the stream that it fills. Thread safe. */
final class RelayedDatabase implements AutoCloseable {
  private final NatsServer server;
  private final StreamSettings stream;
  private final LocalRelay relay;
  private final List<BooleanSupplier> readers = new CopyOnWriteArrayList<>();

  private RelayedDatabase(NatsServer server, StreamSettings stream, LocalRelay relay) {
    this.server = server;
    this.stream = stream;
    this.relay = relay;
  }

  /** Has a relay read the database as this gateway would, and waits until it is ready. */
  static RelayedDatabase start(GatewayConfig config, NatsServer server, String streamName)
      throws IOException {
    StreamSettings stream = server.settings().withName(streamName);
    try {
      return new RelayedDatabase(server, stream, LocalRelay.start(config, stream));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  StreamSettings stream() {
    return stream;
  }

  void keepWhile(BooleanSupplier isRead) {
    readers.add(isRead);
  }

  boolean isRead() {
    return readers.stream().anyMatch(BooleanSupplier::getAsBoolean);
  }

  /** A metric of the relay without labels, or with exactly these. */
  double metric(String nameAndLabels) {
    return relay.metric(nameAndLabels);
  }

  /** Ends the relay and deletes the stream, whose place is set aside as long as it is there. */
  @Override
  public void close() {
    relay.close();
    try {
      var unused =
          server.ask(connection -> connection.jetStreamManagement().deleteStream(stream.name()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
