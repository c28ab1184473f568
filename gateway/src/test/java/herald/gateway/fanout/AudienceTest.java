package herald.gateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class AudienceTest {
  private static Audience blastTo(int users) {
    RoaringBitmap bitmap = new RoaringBitmap();
    bitmap.add(1L, users + 1L);
    return Audience.ofBlast(bitmap);
  }

  @Test
  void aBlastToFewCostsWhatAMessageCosts() {
    Audience few = blastTo(Audience.FEW);
    assertThat(few.isBroadcast()).isFalse();
    assertThat(few.users()).hasSize(Audience.FEW).contains(1, Audience.FEW);
    assertThat(blastTo(0).isEmpty()).isTrue();
    assertThat(blastTo(0).isBroadcast()).isFalse();
  }

  @Test
  void aBlastToManyIsABroadcast() {
    Audience many = blastTo(Audience.FEW + 1);
    assertThat(many.isBroadcast()).isTrue();
    assertThat(many.contains(Audience.FEW + 1)).isTrue();
    assertThat(many.contains(Audience.FEW + 2)).isFalse();
  }
}
