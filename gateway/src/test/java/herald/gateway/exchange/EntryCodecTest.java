package herald.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.device.Device;
import herald.gateway.exchange.Entry.State;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryCodecTest {
  /** What a notification carries (PostgreSQL manual, "NOTIFY"), less what stands before a body. */
  private static final int MAX_CHARS = 7_900;

  private static final Mark MARK = new Mark(-5, 7, 1_700_000_000_000_000L, 1L << 40, -1);

  private static Entry.Put put(long number, State state, @Nullable Mark mark) {
    Device device = new Device(Long.MIN_VALUE, -1, 0x0123_4567_89ab_cdefL, true);
    return new Entry.Put(Long.MAX_VALUE, number, Integer.MAX_VALUE, device, state, mark, 600_000);
  }

  private static List<Entry> decoded(List<String> bodies) {
    List<Entry> entries = new ArrayList<>();
    bodies.forEach(body -> entries.addAll(EntryCodec.decode(body)));
    return entries;
  }

  @Test
  void whatIsWrittenIsRead() {
    List<Entry> entries =
        List.of(
            new Entry.Live(MARK),
            put(1, State.HEALTHY, null),
            put(Long.MAX_VALUE, State.LAGGING, MARK),
            new Entry.Moved(128, State.ENDED, new Mark(1, 2, 3, 4, 5), 0),
            new Entry.Moved(127, State.HEALTHY, null, 0),
            new Entry.Knows(-9, null, 0),
            new Entry.Knows(9, MARK, 90_000),
            new Entry.Retired(-3, 300));
    assertThat(decoded(EntryCodec.encode(entries))).isEqualTo(entries);
    assertThat(decoded(EntryCodec.encode(List.of()))).isEmpty();
  }

  @Test
  void manyEntriesTakeSeveralBodiesThatFitIntoNotifications() {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      entries.add(
          i % 2 == 0
              ? put(i, State.LAGGING, new Mark(i, i, i, i, i))
              : new Entry.Moved(i, State.HEALTHY, null, 0));
    }
    List<String> bodies = EntryCodec.encode(entries);
    assertThat(bodies).allSatisfy(body -> assertThat(body).hasSizeLessThan(MAX_CHARS));
    assertThat(decoded(bodies)).isEqualTo(entries);
  }

  /** The figure of docs/operations.md. */
  @Test
  void aThousandConnectionsThatOpenAndCloseTakeAboutTenMessages() {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      entries.add(put(1_000_000 + i, State.HEALTHY, null));
      entries.add(new Entry.Moved(1_000_000 + i, State.ENDED, MARK, 50));
    }
    List<String> bodies = EntryCodec.encode(entries);
    int chars = bodies.stream().mapToInt(String::length).sum();
    System.out.println(bodies.size() + " messages, " + chars + " characters");
    assertThat(bodies.size()).isBetween(5, 12);
    assertThat(chars).isBetween(50_000, 90_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A live mark that is not there, an unknown kind, an unknown state, a number without end.
        "AAEA",
        "AAk",
        "AAMBCQAA",
        "AAP////////////////////////////",
        "!",
        "AQ"
      })
  void whatIsNoBodyIsRefused(String text) {
    assertThatThrownBy(() -> EntryCodec.decode(text))
        .isInstanceOfAny(IllegalArgumentException.class, IndexOutOfBoundsException.class);
  }

  @Test
  void anyBytesAreReadOrRefused() {
    Random random = new Random(1);
    int read = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(60)];
      random.nextBytes(bytes);
      bytes[0] = (byte) random.nextInt(2);
      try {
        EntryCodec.decode(Base64.getEncoder().encodeToString(bytes));
        read++;
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        // Refused.
      }
    }
    assertThat(read).isPositive();
  }
}
