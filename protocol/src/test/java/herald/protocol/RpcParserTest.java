package herald.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RpcParserTest {
  @Test
  void readsWhatIsNeeded() throws Exception {
    assertThat(
            RpcParser.parse(
                "{\"x\":{\"method\":\"no\"},\"params\":{\"chat_id\":\"c\",\"message_id\":\"i\","
                    + "\"blast_id\":\"b\",\"reaction\":\"r\",\"deep\":[[{}]]},\"method\":\"m\","
                    + "\"current_user_id\":\"u\"}"))
        .isEqualTo(new ParsedRpc("m", "u", "c", "i", "b", "r"));
  }

  @Test
  void takesTheLastOfARepeatedMember() throws Exception {
    assertThat(
            RpcParser.parse(
                "{\"method\":\"a\",\"method\":\"b\",\"params\":{\"chat_id\":\"1\",\"blast_id\":\"x\"},"
                    + "\"params\":{\"chat_id\":\"2\",\"chat_id\":\"3\"}}"))
        .isEqualTo(new ParsedRpc("b", null, "3", null, null, null));
  }

  @Test
  void takesNamesInAnyCaseAsGoFoldsThem() throws Exception {
    assertThat(
            RpcParser.parse(
                "{\"method\":\"chat.message\",\"METHOD\":\"chat.read\",\"Param\u017f\":{\"chat_id\":\"1\","
                    + "\"Chat_ID\":\"2\",\"MESSAGE_ID\":\"i\",\"bla\u017ft_id\":\"b\"},"
                    + "\"Current_User_Id\":\"u\"}"))
        .isEqualTo(new ParsedRpc("chat.read", "u", "2", "i", "b", null));
    assertThat(RpcParser.parse("{\"\\u004dethod\":\"m\"}").method()).isEqualTo("m");
    assertThat(GoNames.isField("blac\u212aout", "blackout")).isTrue();
    assertThat(GoNames.isField("chat-id", "chat_id")).isFalse();
    assertThat(GoNames.isField("cHAt_\u0131d", "chat_id")).isFalse();
  }

  @Test
  void aNullLeavesAStringAsItWasAndTakesAReactionAway() throws Exception {
    assertThat(
            RpcParser.parse(
                "{\"method\":\"m\",\"Method\":null,\"params\":{\"chat_id\":\"c\",\"Chat_Id\":null,"
                    + "\"reaction\":\"r\",\"Reaction\":null}}"))
        .isEqualTo(new ParsedRpc("m", null, "c", null, null, null));
    assertThat(RpcParser.parse("{\"method\":\"m\",\"params\":{\"chat_id\":\"c\"},\"params\":null}"))
        .isEqualTo(new ParsedRpc("m", null, null, null, null, null));
  }

  @Test
  void aSurrogateWithoutItsOtherHalfBecomesTheReplacementCharacter() throws Exception {
    assertThat(
            RpcParser.parse("{\"params\":{\"chat_id\":\"\\ud800x\\udc00\\ud83c\\udfb5\\ud83c\"}}")
                .chatId())
        .isEqualTo("\ufffdx\ufffd\ud83c\udfb5\ufffd");
  }

  /** Jackson refuses such a name; Go reads it, and PostgreSQL stores it. */
  @Test
  void aNameWithHalfASurrogatePairIsPassedOver() throws Exception {
    assertThat(
            RpcParser.parse(
                "{\"\\ud800\":1,\"\\udc00method\":\"x\",\"method\":\"m\",\"\\ud83c\\n\":[],"
                    + "\"\\\\ud800\":{}}"))
        .isEqualTo(new ParsedRpc("m", null, null, null, null, null));
  }

  @Test
  void takesAMemberOfAnotherTypeAsAbsent() throws Exception {
    assertThat(
            RpcParser.parse(
                "{\"method\":\"m\",\"current_user_id\":7,\"params\":{\"chat_id\":{\"chat_id\":\"x\"},"
                    + "\"blast_id\":null}}"))
        .isEqualTo(new ParsedRpc("m", null, null, null, null, null));
    assertThat(RpcParser.parse("{\"method\":\"m\",\"params\":[{\"chat_id\":\"x\"}]}"))
        .isEqualTo(new ParsedRpc("m", null, null, null, null, null));
    assertThat(RpcParser.parse("{}")).isEqualTo(new ParsedRpc("", null, null, null, null, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\"method\"",
        "{\"method\":\"m\"",
        "{\"method\":\"m\"}}",
        "{\"method\":\"m\"} {}",
        "{\"method\":\"m\",}",
        "{'method':'m'}"
      })
  void refusesTheRest(String text) {
    assertThatThrownBy(() -> RpcParser.parse(text)).isInstanceOf(MalformedRpcException.class);
  }

  @Test
  void boundsTheNestingAsGoDoes() throws Exception {
    assertThat(RpcParser.parse(nested(9_999)).method()).isEqualTo("m");
    assertThatThrownBy(() -> RpcParser.parse(nested(10_000)))
        .isInstanceOf(MalformedRpcException.class);
    assertThatThrownBy(() -> RpcParser.parse(nested(1_000_000)))
        .isInstanceOf(MalformedRpcException.class);
  }

  private static String nested(int arrays) {
    return "{\"x\":" + "[".repeat(arrays) + "]".repeat(arrays) + ",\"method\":\"m\"}";
  }

  @Test
  void takesLongNumbersNamesAndManyNames() throws Exception {
    StringBuilder rpc = new StringBuilder("{\"x\":").append("1".repeat(100_000));
    rpc.append(",\"").append("n".repeat(100_000)).append("\":0");
    for (int i = 0; i < 100_000; i++) {
      rpc.append(",\"").append(i).append("\":0");
    }
    assertThat(RpcParser.parse(rpc.append(",\"method\":\"m\"}").toString()).method())
        .isEqualTo("m");
  }

  @Test
  void theExceptionHoldsNothingOfTheText() {
    assertThatThrownBy(() -> RpcParser.parse("{\"method\":\"m\",\"canary\":canary}"))
        .hasMessageNotContaining("canary")
        .hasNoCause();
  }
}
