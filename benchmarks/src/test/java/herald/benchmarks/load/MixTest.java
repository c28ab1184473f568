package herald.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MixTest {
  @Test
  void sharesComeOut() {
    Mix mix = Mix.parse("chats=90,groups=9, blasts=1");
    assertThat(share(mix, Mix.Kind.CHAT)).isCloseTo(0.90, within(0.001));
    assertThat(share(mix, Mix.Kind.GROUP)).isCloseTo(0.09, within(0.001));
    assertThat(share(mix, Mix.Kind.BLAST)).isCloseTo(0.01, within(0.001));
  }

  private static double share(Mix mix, Mix.Kind kind) {
    int events = 10_000;
    return LongStream.range(0, events).filter(i -> mix.kind(i) == kind).count() / (double) events;
  }

  @Test
  void whatCantBeReadIsSaid() {
    for (String text : new String[] {"", "chats", "chats=x", "tables=1", "chats=0", "chats=-1"}) {
      assertThatThrownBy(() -> Mix.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected");
    }
  }
}
