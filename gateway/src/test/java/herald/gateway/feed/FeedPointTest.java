package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.database.ServerIdentity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeedPointTest {
  private static final String TEXT =
      "7 1700000000000001 4294967301 2/17DD038 1/FFFFFFFF primary:1690000000000000:00000002 "
          + "7239/5/16400";

  private static FeedPoint withLog(String written, String flushed) {
    return FeedPoint.parse("1 2 3 " + written + " " + flushed + " primary:4:00000001 ");
  }

  private static FeedPoint in(String cluster) {
    return new FeedPoint(0, 0, 0, 0, 0, new ServerIdentity(0, false, ""), cluster);
  }

  @Test
  void readsWhatAProbeHasNotified() {
    FeedPoint point = FeedPoint.parse(TEXT);
    assertThat(point)
        .isEqualTo(
            new FeedPoint(
                7,
                1_700_000_000_000_001L,
                4_294_967_301L,
                0x2_017D_D038L,
                0x1_FFFF_FFFFL,
                new ServerIdentity(1_690_000_000_000_000L, false, "00000002"),
                "7239/5/16400/00000002"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7 1 2 0/0 0/0 primary:4:00000001", TEXT + " more"})
  void refusesTextOfAnotherForm(String text) {
    assertThatThrownBy(() -> FeedPoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0/0", "0/17dd038", "1/ffffffff", "80000000/1", "ffffffff/ffffffff"})
  void writesAPositionAsPostgresqlReadsIt(String lsn) {
    assertThat(withLog(lsn, "0/0").writtenLsnText()).isEqualTo(lsn);
  }

  @ParameterizedTest
  @CsvSource({
    "0/100, 0/100, true",
    "0/100, 0/101, true",
    "0/101, 0/100, false",
    "0/FFFFFFFF, 1/0, true",
    "1/0, 0/FFFFFFFF, false",
    "7FFFFFFF/FFFFFFFF, 80000000/0, true",
    "80000000/0, 7FFFFFFF/FFFFFFFF, false",
  })
  void showsWhatHasReachedTheDisk(String written, String laterFlushed, boolean isShown) {
    FeedPoint earlier = withLog(written, "0/0");
    FeedPoint later = withLog("FFFFFFFF/0", laterFlushed);
    assertThat(later.shows(earlier)).isEqualTo(isShown);
  }

  @ParameterizedTest
  @CsvSource({
    "7239/5/16400/00000001, 7239/5/16400/00000001, true",
    "7239/5/16400/00000001, 7239/5/16400/00000002, true",
    "7239/5/16400/00000001, 7240/5/16400/00000001, false",
    "7239/5/16400/00000001, 7239/6/16400/00000001, false",
    "7239/5/16400/00000001, 7239/5/16401/00000001, false",
    "7239/5/16400/00000001, 7239/5/1640/000000001, false",
    "7239/5/16400/00000001, 7239/5/16400/1/00000001, false",
    "7239/5/16400/00000001, '', false",
    "'', 7239/5/16400/00000001, false",
    "'', '', false",
  })
  void aSystemIsTheSameOnAnyTimeline(String cluster, String other, boolean isSame) {
    assertThat(in(cluster).isOfSystem(other)).isEqualTo(isSame);
  }

  /** The ids of rows have 32 bits; what is meant is the nearest to the point. */
  @ParameterizedTest
  @CsvSource({
    "1000, 1000, 1000",
    "1000, 999, 999",
    "1000, 5000, 5000",
    "4294967290, 3, 4294967299",
    "4294967301, 4294967290, 4294967290",
    "4294967301, 6, 4294967302",
    "30064771077, 4294967295, 30064771071",
    "30064771077, 5, 30064771077",
  })
  void completesAnIdByThePoint(long xmin, long lower32, long full) {
    FeedPoint point = new FeedPoint(0, 0, xmin, 0, 0, new ServerIdentity(0, false, ""), "");
    assertThat(point.fullXid(lower32)).isEqualTo(full);
  }
}
