package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoundRowsTest {
  private final Set<String> handled = new HashSet<>();
  private final FoundRows found = new FoundRows(handled::contains);

  private static List<String> page(int rows) {
    return IntStream.range(0, rows).mapToObj(Integer::toString).toList();
  }

  @Test
  void whatIsHandledWhileItWaitsIsLeftOut() {
    handled.add("0");
    found.add(page(3));
    assertThat(found.isEmpty()).isFalse();
    handled.add("1");
    assertThat(found.unknown()).containsExactly("2");
    assertThat(found.isComplete()).isTrue();
  }

  @Test
  void isBoundedAndSaysThatTheRestIsToBeFound() {
    found.add(page(FoundRows.MAX_FOUND - 1));
    assertThat(found.isComplete()).isTrue();
    found.add(page(10));
    assertThat(found.unknown()).hasSize(FoundRows.MAX_FOUND);
    assertThat(found.isComplete()).isFalse();
  }
}
