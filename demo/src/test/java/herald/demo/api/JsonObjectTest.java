package herald.demo.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Go's encoding/json makes of the same texts. */
class JsonObjectTest {
  private static String text(String json, String name) throws RefusedException {
    return JsonObject.parse(json).text(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"message_id\":\"x\"}",
        "{\"MESSAGE_ID\":\"x\"}",
        "{\"me\u017f\u017fage_id\":\"x\"}",
        "{\"me\\u017f\\u017Fage_id\":\"x\"}",
        "{\"\\u006dessage_i\\u0044\":\"x\"}",
        "{\"message_id\":\"w\",\"Message_ID\":\"x\"}",
        "{\"Message_ID\":\"w\",\"message_id\":\"x\"}",
        "{\"message_id\":\"x\",\"Message_ID\":null}",
        "{\"message_id\":null,\"Message_ID\":\"x\"}"
      })
  void namesMatchWhateverTheirCaseAndTheLastOneWins(String json) throws Exception {
    assertThat(text(json, "message_id")).isEqualTo("x");
  }

  @Test
  void theKelvinSignIsAK() throws Exception {
    assertThat(text("{\"\u212a\":\"x\"}", "k")).isEqualTo("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "null",
        "{\"message-id\":\"x\"}",
        "{\"message_id \":\"x\"}",
        "{\"message_\u0131d\":\"x\"}",
        "{\"message_\u0130d\":\"x\"}",
        "{\"\uff4dessage_id\":\"x\"}"
      })
  void otherNamesDoNot(String json) throws Exception {
    assertThat(text(json, "message_id")).isEmpty();
  }

  @Test
  void nullLeavesATextAndTakesAwayAnOptionalOne() throws Exception {
    JsonObject object = JsonObject.parse("{\"a\":\"x\",\"A\":null,\"b\":true,\"B\":null}");
    assertThat(object.text("a")).isEqualTo("x");
    assertThat(object.optionalText("a")).isNull();
    assertThat(object.optionalBoolean("b")).isNull();
    assertThat(JsonObject.parse("{\"a\":null,\"A\":\"x\"}").optionalText("a")).isEqualTo("x");
    assertThat(JsonObject.parse("{\"b\":false}").optionalBoolean("b")).isFalse();
  }

  @Test
  void anObjectIsReplacedAsAWholeAlsoByNull() throws Exception {
    JsonObject twice = JsonObject.parse("{\"p\":{\"a\":\"1\",\"b\":\"2\"},\"P\":{\"a\":\"3\"}}");
    assertThat(twice.object("p").text("a")).isEqualTo("3");
    assertThat(twice.object("p").text("b")).isEmpty();
    assertThat(JsonObject.parse("{\"p\":{\"a\":\"1\"},\"P\":null}").object("p").text("a"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "true", "[\"x\"]", "{\"x\":1}"})
  void aTextOfAnotherTypeIsRefusedWhereverItStands(String value) throws Exception {
    JsonObject object = JsonObject.parse("{\"a\":" + value + ",\"A\":\"x\"}");
    assertThatThrownBy(() -> object.text("a")).hasMessage("'a' is no text");
    assertThatThrownBy(() -> object.optionalText("a")).isInstanceOf(RefusedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1e3", "9223372036854775808", "\"1\"", "true", "{}"})
  void whatIsNoWholeNumberIsRefused(String value) throws Exception {
    JsonObject object = JsonObject.parse("{\"timestamp\":1,\"Time\u017ftamp\":" + value + "}");
    assertThatThrownBy(() -> object.requireInteger("timestamp"))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void wholeNumbersAndNullAreFine() throws Exception {
    JsonObject.parse("{\"t\":-9223372036854775808,\"T\":null,\"t\":-0}").requireInteger("t");
  }

  @Test
  void aLoneSurrogateIsReplaced() throws Exception {
    String json = "{\"a\":\"\\ud83c\\udfb5 \\ud83c \\udfb5\\ud83c\\n \\udfb5\\ud83c\\udfb5\"}";
    assertThat(text(json, "a")).isEqualTo("\ud83c\udfb5 \ufffd \ufffd\ufffd\n \ufffd\ud83c\udfb5");
    assertThat(text("{\"\\ud800a\":1,\"a\":\"\\\\ud800\"}", "a")).isEqualTo("\\ud800");
    assertThat(text("{\"a\\udc00\":1,\"a\":\"\\ud83c\\ud83c\\udfb5\"}", "a"))
        .isEqualTo("\ufffd\ud83c\udfb5");
  }

  @Test
  void arraysGoOverOneAnotherElementByElement() throws Exception {
    JsonObject object =
        JsonObject.parse(
            "{\"i\":[{\"a\":\"1\",\"b\":\"1\"},{\"a\":\"2\"},{\"a\":\"3\"}],"
                + "\"I\":[{\"b\":\"4\"}],\"i\":[null,{\"b\":\"5\"}]}");
    List<JsonObject> elements = object.objects("i");
    assertThat(elements).hasSize(2);
    assertThat(elements.get(0).text("a") + elements.get(0).text("b")).isEqualTo("14");
    assertThat(elements.get(1).text("a") + elements.get(1).text("b")).isEqualTo("25");
    assertThat(JsonObject.parse("{\"i\":[{\"a\":\"1\"}],\"I\":null}").objects("i")).isEmpty();
    assertThat(JsonObject.parse("{\"i\":[\"x\",\"y\"],\"I\":[],\"i\":[null]}").texts("i"))
        .containsExactly("");
  }

  @Test
  void tenThousandLevelsAreReadAndOneMoreIsNot() throws Exception {
    String deep = "[".repeat(9_999) + "]".repeat(9_999);
    assertThat(text("{\"x\":" + deep + ",\"a\":\"1\"}", "a")).isEqualTo("1");
    assertThatThrownBy(() -> JsonObject.parse("{\"x\":[" + deep + "]}"))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void whatIsNotAskedForMayBeLargeAndOfAnyType() throws Exception {
    String json =
        "{\"%s\":%s,\"o\":{\"deep\":[{\"a\":\"}\"}]},\"x\":-1.5e-7,\"a\":\"1\"}"
            .formatted("n".repeat(100_000), "9".repeat(10_000));
    assertThat(text(json, "a")).isEqualTo("1");
    assertThat(JsonObject.parse(json).object("o").texts("none")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "\"a\"", "5", "{\"a\":1,}", "{} {}", "{'a':1}", "{\"a\":\"\t\"}"})
  void noObjectIsRefused(String json) {
    assertThatThrownBy(() -> JsonObject.parse(json)).hasMessage("the body is no JSON object");
    assertThat(JsonObject.parseOrNull(json)).isNull();
  }
}
