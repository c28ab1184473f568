package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.ConnectionSettings;
import herald.gateway.config.DrainSettings;
import herald.gateway.connection.Wire.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LifetimeTest {
  private static final int LIFETIME_SECONDS = 600;

  private final Wire wire =
      new Wire(
              ConnectionSettings.defaults(),
              DrainSettings.immediate()
                  .timeout(Duration.ofSeconds(5))
                  .maxLifetime(Duration.ofSeconds(LIFETIME_SECONDS))
                  .build())
          .connected();

  @AfterEach
  void finish() {
    wire.finish();
  }

  /** Passes time with a client that answers pings; the frames that are no pings. */
  private List<Frame> live(int seconds) {
    List<Frame> others = new ArrayList<>();
    for (int i = 0; i < seconds; i++) {
      wire.pass(1);
      for (Frame frame : wire.sentFrames()) {
        if (frame.opcode() == Frames.OPCODE_PING) {
          wire.pong(frame.payload());
        } else {
          others.add(frame);
        }
      }
    }
    return others;
  }

  @Test
  void endsBetweenHalfOfItAndAllOfItWith1001() {
    assertThat(live(LIFETIME_SECONDS / 2 - 1)).isEmpty();
    List<Frame> sent = live(LIFETIME_SECONDS / 2 + 3);
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).opcode()).isEqualTo(Frames.OPCODE_CLOSE);
    assertThat(sent.get(0).closeCode()).isEqualTo(1001);
    wire.pass(6);
    assertThat(wire.counts.ends(CloseReason.LIFETIME_OVER)).isEqualTo(1);
  }
}
