package herald.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/** Rpc logs of any text: read as a model of Go reads them, and the event around them whole. */
class RpcFuzzTest {
  @FuzzTest(maxDuration = "3m")
  void rpcsAreReadAsGoReadsThem(byte[] bytes) {
    // As it comes from PostgreSQL, where a text is always well-formed UTF-8.
    String text = new String(bytes, StandardCharsets.UTF_8);
    ParsedRpc rpc;
    try {
      rpc = RpcParser.parse(text);
    } catch (MalformedRpcException e) {
      assertThat(e.getMessage())
          .isIn("the rpc is no JSON object", "the rpc is no JSON", "something follows the rpc");
      return;
    }
    // The model's parser, too, refuses a name with half a surrogate pair.
    String wellFormed = GoNames.withoutHalfPairs(text);
    GoModel model = GoModel.of(wellFormed);
    assertThat(rpc)
        .isEqualTo(
            new ParsedRpc(
                Objects.requireNonNullElse(model.text("method", null), ""),
                model.text("current_user_id", null),
                model.paramsText("chat_id"),
                model.paramsText("message_id"),
                model.paramsText("blast_id"),
                model.reaction()));
    assertEventIsWhole(wellFormed, Vectors.asObject(Vectors.parse(wellFormed)));
  }

  private static void assertEventIsWhole(String text, Map<String, Object> tree) {
    String event = Messages.text(EventEncoder.rpc(EventId.of("sig", 0), text, 1, 0), "ML51L");
    Map<String, Object> read = Vectors.asObject(Vectors.parse(event));
    assertThat(read.keySet()).containsExactly("rpc", "metadata");
    assertThat(read.get("rpc")).isEqualTo(tree);
  }
}
