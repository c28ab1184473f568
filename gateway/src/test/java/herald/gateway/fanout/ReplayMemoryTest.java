package herald.gateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReplayMemoryTest {
  private static final int GREEDY = 1;
  private static final int OTHER = 2;

  private final ReplayMemory memory = new ReplayMemory(1_000);

  @Test
  void oneUserHasAsMuchAsIsLeftForAllOthers() {
    ReplayMemory.Room one = memory.room(GREEDY);
    ReplayMemory.Room two = memory.room(GREEDY);
    assertThat(one.take(300)).isTrue();
    assertThat(two.take(200)).isTrue();
    assertThat(two.take(1)).as("in another replay of the same user").isFalse();
    assertThat(memory.room(OTHER).take(250)).isTrue();
    assertThat(memory.room(OTHER).take(1)).isFalse();
    assertThat(memory.bytes()).isEqualTo(750);
  }

  @Test
  void whatIsGivenBackIsThereForOthersOnce() {
    ReplayMemory.Room one = memory.room(GREEDY);
    ReplayMemory.Room two = memory.room(GREEDY);
    assertThat(one.take(200)).isTrue();
    assertThat(two.take(300)).isTrue();
    one.close();
    one.close();
    assertThat(memory.bytes()).isEqualTo(300);
    assertThat(memory.room(GREEDY).take(201)).isFalse();
    assertThat(memory.room(GREEDY).take(200)).isTrue();
    assertThat(one.take(1)).as("it was given back").isFalse();
  }

  @Test
  void whoHoldsNothingIsForgotten() {
    ReplayMemory.Room one = memory.room(GREEDY);
    assertThat(one.take(500)).isTrue();
    one.close();
    assertThat(memory.bytes()).isZero();
    assertThat(memory.room(GREEDY).take(500)).isTrue();
  }
}
