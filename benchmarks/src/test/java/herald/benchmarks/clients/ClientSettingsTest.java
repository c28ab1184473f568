package herald.benchmarks.clients;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClientSettingsTest {
  private static ClientSettings settings(String path) {
    return new ClientSettings("127.0.0.1", "127.0.0.1", 40, 2, path, 1, 0);
  }

  @Test
  void thePlaceOfAUserTakesTheUsersNumber() {
    assertThat(settings("/ws?channel=u{user}").pathOf(1)).isEqualTo("/ws?channel=u41");
  }

  @Test
  void aPathWithoutAPlaceIsThatOfAll() {
    assertThat(settings("/subscribe").pathOf(1)).isEqualTo("/subscribe");
  }
}
