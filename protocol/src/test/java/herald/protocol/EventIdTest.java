package herald.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {
  private static final long MICROS = 1_757_090_220_123_456L;

  @Test
  void theTextReadsBack() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      EventId row = EventId.of("sig " + random.nextLong(), random.nextLong());
      assertThat(EventId.parse(row.toString())).as("seed %d", seed).isEqualTo(row);
      assertThat(row.toString()).matches("[A-Za-z0-9_-]{20}");
      EventId part = row.part("part " + random.nextLong());
      assertThat(EventId.parse(part.toString())).as("seed %d", seed).isEqualTo(part);
      assertThat(part.toString()).matches("[A-Za-z0-9_-]{28}").startsWith(row.toString());
    }
  }

  /** Clients keep ids: they must not change with the version. */
  @Test
  void theTextStaysAsItIs() {
    EventId row = EventId.of("sig", MICROS);
    assertThat(row.toString()).isEqualTo("Bj4QcmilQKVDmX2E8SeY");
    assertThat(row.part("b17eP5n:ML51L").toString()).isEqualTo("Bj4QcmilQKVDmX2E8SeYCGWTpKdV");
  }

  @Test
  void whatIsTakenFromTheRowTellsOneEventFromAllOthers() {
    EventId row = EventId.of("sig", MICROS);
    Set<EventId> ids =
        new HashSet<>(
            Set.of(
                row,
                EventId.of("sih", MICROS),
                EventId.of("sig", MICROS + 1),
                row.part("one"),
                row.part("two")));
    assertThat(ids).hasSize(5).extracting(EventId::toString).doesNotHaveDuplicates();
    assertThat(row.part("one").isOfSameRow(row.part("two"))).isTrue();
    assertThat(row.isOfSameRow(EventId.of("sih", MICROS))).isFalse();
    assertThat(row.isOfSameRow(EventId.of("sig", MICROS + 1))).isFalse();
    assertThat(row.key()).isNotEqualTo(row.part("one").key());
    assertThat(row.part("one").key()).isNotEqualTo(row.part("two").key());
    assertThat(row.toString()).doesNotContain("sig");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "yesterday",
        "AAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAA=",
        "AAAAAAAAAAAAAAAAAA==",
        "AAAAAAAAAAAAAAAAAAA+",
        "AAAAAAAAAAAAAAAAAAA\u00e4",
        "AAAAAAAAAAAAAAAAAA A",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAABBBBBBB=",
        "2025-09-05T16:37:00Z"
      })
  void whatIsNoIdIsNone(String text) {
    assertThat(EventId.parse(text)).isNull();
  }
}
