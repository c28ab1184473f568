package herald.gateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/** Which connections are woken for a broadcast, and that the others don't fall behind. */
class BroadcastWakesTest {
  private static final int USERS = 100;

  private final EventsFixture fixture = new EventsFixture(20_000, 1_000);
  private final List<Cursor> open = new ArrayList<>();

  private static Audience from(int first) {
    RoaringBitmap users = new RoaringBitmap();
    users.add((long) first, first + 1_000L);
    return Audience.of(users);
  }

  private boolean wakesAll(Audience audience) {
    Event event = EventsFixture.event("a", audience);
    fixture.batch.begin();
    fixture.log.append(event, fixture.nowNanos);
    return fixture.mailboxes.index(event, fixture.batch);
  }

  private void openAll() {
    for (int user = 1; user <= USERS; user++) {
      open.add(fixture.open(user));
    }
  }

  @Test
  void aBroadcastThatConcernsFewOfTheConnectedWakesTheseAlone() {
    openAll();
    assertThat(fixture.publish("a", from(USERS))).extracting(Cursor::userId).containsExactly(USERS);
    assertThat(wakesAll(from(USERS + 1))).as("nobody at all").isFalse();
    assertThat(EventsFixture.read(open.get(USERS - 1))).containsExactly("a");
  }

  @Test
  void aBroadcastThatConcernsManyWakesAll() {
    openAll();
    assertThat(wakesAll(from(USERS / 2))).isTrue();
    assertThat(fixture.mailboxes.takeWalk()).as("they have looked").isFalse();
  }

  @Test
  void whoHasLeftIsNotWokenAndDoesNotCount() {
    openAll();
    open.subList(10, USERS).forEach(fixture::close);
    assertThat(fixture.publish("a", from(USERS))).isEmpty();
    RoaringBitmap two = RoaringBitmap.bitmapOf(9, 10);
    assertThat(wakesAll(Audience.of(two))).as("two of ten are many").isTrue();
  }

  @Test
  void theOthersPassItWithTheNextWalk() {
    openAll();
    assertThat(fixture.mailboxes.takeWalk()).isFalse();
    fixture.publish("a", from(USERS));
    fixture.publish("b", from(USERS));
    assertThat(fixture.mailboxes.takeWalk()).isTrue();
    assertThat(fixture.mailboxes.takeWalk()).as("once for all of them").isFalse();
  }

  @Test
  void allAreWokenBeforeWhatTheyHaveNotPassedLeavesTheLog() {
    openAll();
    int walks = 0;
    for (int i = 0; i < 1_000; i++) {
      if (wakesAll(from(USERS))) {
        walks++;
        for (Cursor cursor : open) {
          EventsFixture.read(cursor);
        }
      }
    }
    assertThat(fixture.log.log().forcedOut()).as("more than fits").isPositive();
    assertThat(walks).as("far fewer than broadcasts").isBetween(1, 500);
    assertThat(open).noneMatch(Cursor::isLost);
    assertThat(open.stream().filter(Cursor::wantsToWake)).allMatch(c -> c.userId() == USERS);
  }
}
