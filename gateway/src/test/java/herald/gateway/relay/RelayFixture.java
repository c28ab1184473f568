package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.StreamSettings;
import herald.gateway.testing.NatsServer;
import herald.gateway.testing.TestGateway;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A server of NATS, a database in which Alice writes to Bob, and what stands in the stream. */
final class RelayFixture implements AutoCloseable {
  final NatsServer nats = NatsServer.start();
  final SharedDatabase database = SharedDatabase.fresh();
  final Community community = new Community(database.dataSource());
  final Platform platform = new Platform(database.dataSource());
  final WalletKey bobsKey = WalletKey.random(new SecureRandom());
  final PlatformUser alice = community.createUser("alice", "0xa");
  final String chat =
      platform.createChat(alice, community.createUser("bob", bobsKey.wallet())).subjectId();
  final StreamContents contents = new StreamContents(nats.url());

  /** The ids of the messages that have been written, in their order. */
  final List<String> written = new ArrayList<>();

  RelayFixture() throws Exception {}

  /** A relay as a process. */
  RunningRelay process() throws Exception {
    return RunningRelay.start(database.url(), nats.url(), "--create-stream");
  }

  /** A relay in this process. */
  LocalRelay relay() throws Exception {
    return LocalRelay.start(database.url(), nats.url());
  }

  /** What an instance needs to read the stream at this URL. */
  GatewayConfig instanceAt(String url) {
    return TestGateway.config(database.url()).toBuilder().stream(StreamSettings.of(url)).build();
  }

  /** Alice writes so many messages. */
  void write(int count) throws SQLException {
    write(platform, count);
  }

  /** The same by another API server. */
  void write(Platform server, int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      written.add(server.message(alice, chat, "message " + i).subjectId());
    }
  }

  void assertAllStandOnceAndInOrder() throws InterruptedException {
    assertThat(contents.await(written)).isEqualTo(written);
  }

  @Override
  public void close() throws IOException {
    nats.close();
    contents.close();
  }
}
