package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.supervision.Place;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConnectionStateTest {
  private static final Map<ConnectionState, Set<ConnectionState>> LEGAL =
      Map.of(
          ConnectionState.OPEN,
          Set.of(ConnectionState.DRAINING, ConnectionState.CLOSING, ConnectionState.CLOSED),
          ConnectionState.DRAINING,
          Set.of(ConnectionState.CONFIRMING, ConnectionState.CLOSING, ConnectionState.CLOSED),
          ConnectionState.CONFIRMING,
          Set.of(ConnectionState.CLOSING, ConnectionState.CLOSED),
          ConnectionState.CLOSING,
          Set.of(ConnectionState.CLOSED),
          ConnectionState.CLOSED,
          Set.of());

  /** Legal steps that lead from an open connection to each state. */
  private static final Map<ConnectionState, List<ConnectionState>> WAYS =
      Map.of(
          ConnectionState.OPEN,
          List.of(),
          ConnectionState.DRAINING,
          List.of(ConnectionState.DRAINING),
          ConnectionState.CONFIRMING,
          List.of(ConnectionState.DRAINING, ConnectionState.CONFIRMING),
          ConnectionState.CLOSING,
          List.of(ConnectionState.CLOSING),
          ConnectionState.CLOSED,
          List.of(ConnectionState.CLOSED));

  private final Wire wire = new Wire().connected();

  @AfterEach
  void finish() {
    wire.finish();
  }

  private static Stream<Arguments> pairs() {
    return Stream.of(ConnectionState.values())
        .flatMap(from -> Stream.of(ConnectionState.values()).map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void onlyLegalStepsAreMadeAndAnIllegalOneCostsTheConnection(
      ConnectionState from, ConnectionState to) {
    boolean isLegal = Objects.requireNonNull(LEGAL.get(from)).contains(to);
    assertThat(from.mayBecome(to)).isEqualTo(isLegal);
    ClientConnection connection = wire.channel.pipeline().get(ClientConnection.class);
    Objects.requireNonNull(WAYS.get(from))
        .forEach(step -> assertThat(connection.become(step)).isTrue());
    assertThat(connection.state()).isEqualTo(from);
    assertThat(connection.become(to)).isEqualTo(isLegal);
    wire.settle();
    assertThat(wire.supervisor.failures().count(Place.CONNECTION_STATE)).isEqualTo(isLegal ? 0 : 1);
    assertThat(wire.channel.isOpen()).isEqualTo(isLegal);
    if (isLegal) {
      assertThat(connection.state()).isEqualTo(to);
    } else if (from != ConnectionState.CLOSED) {
      assertThat(wire.counts.ends(CloseReason.FAILED)).isEqualTo(1);
    }
  }
}
