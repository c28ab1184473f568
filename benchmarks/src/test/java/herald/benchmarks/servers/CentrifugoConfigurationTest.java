package herald.benchmarks.servers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CentrifugoConfigurationTest {
  @Test
  void anyDatabaseUrlStaysAsItIs() throws IOException {
    String url = "postgresql://user:a\"b\\c@127.0.0.1:1/name";
    assertThat(texts(CentrifugoConfiguration.text(4_711, url)))
        .contains(url, CentrifugoOutbox.TABLE, CentrifugoOutbox.NOTIFICATION_CHANNEL);
  }

  private static List<String> texts(String json) throws IOException {
    List<String> texts = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        texts.add(parser.getText());
      }
    }
    return texts;
  }
}
