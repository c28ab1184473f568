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
                "{\"x\":{\"method\":\"no\"},\"params\":{\"chat_id\":\"c\",\"blast_id\":\"b\","
                    + "\"audience\":\"a\",\"deep\":[[{}]]},\"method\":\"m\",\"current_user_id\":\"u\"}"))
        .isEqualTo(new ParsedRpc("m", "u", "c", "b", "a"));
  }

  @Test
  void takesTheLastOfARepeatedMember() throws Exception {
    assertThat(
            RpcParser.parse(
                "{\"method\":\"a\",\"method\":\"b\",\"params\":{\"chat_id\":\"1\"},"
                    + "\"params\":{\"chat_id\":\"2\",\"chat_id\":\"3\"}}"))
        .isEqualTo(new ParsedRpc("b", null, "3", null, null));
  }

  @Test
  void takesAMemberOfAnotherTypeAsAbsent() throws Exception {
    assertThat(
            RpcParser.parse(
                "{\"method\":\"m\",\"current_user_id\":7,\"params\":{\"chat_id\":{\"chat_id\":\"x\"},"
                    + "\"blast_id\":null}}"))
        .isEqualTo(new ParsedRpc("m", null, null, null, null));
    assertThat(RpcParser.parse("{\"method\":\"m\",\"params\":[{\"chat_id\":\"x\"}]}"))
        .isEqualTo(new ParsedRpc("m", null, null, null, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\"method\"",
        "{}",
        "{\"method\":1}",
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
  void boundsTheNesting() {
    String deep = "{\"method\":\"m\",\"x\":" + "[".repeat(100) + "]".repeat(100) + "}";
    assertThatThrownBy(() -> RpcParser.parse(deep)).isInstanceOf(MalformedRpcException.class);
  }

  @Test
  void theExceptionHoldsNothingOfTheText() {
    assertThatThrownBy(() -> RpcParser.parse("{\"method\":\"m\",\"canary\":canary}"))
        .hasMessageNotContaining("canary")
        .hasNoCause();
  }
}
