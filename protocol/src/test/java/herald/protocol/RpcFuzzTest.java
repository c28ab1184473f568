package herald.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rpc logs of any text: read as a tree of the whole reads them, and the event around them whole.
 */
class RpcFuzzTest {
  @FuzzTest(maxDuration = "3m")
  void rpcsAreReadAsATreeReadsThem(byte[] bytes) {
    // As it comes from PostgreSQL, where a text is always well-formed UTF-8.
    String text = new String(bytes, StandardCharsets.UTF_8);
    ParsedRpc rpc;
    try {
      rpc = RpcParser.parse(text);
    } catch (MalformedRpcException e) {
      assertThat(e.getMessage())
          .isIn(
              "the rpc is no JSON object",
              "the rpc is no JSON",
              "something follows the rpc",
              "the rpc names no method");
      return;
    }
    Map<String, Object> tree = Vectors.asObject(Vectors.parse(text));
    assertThat(rpc.method()).isEqualTo(tree.get("method"));
    assertThat(rpc.currentUserId()).isEqualTo(textOf(tree.get("current_user_id")));
    Object params = tree.get("params");
    Map<String, Object> members = params instanceof Map ? Vectors.asObject(params) : Map.of();
    assertThat(rpc.chatId()).isEqualTo(textOf(members.get("chat_id")));
    assertThat(rpc.blastId()).isEqualTo(textOf(members.get("blast_id")));
    assertThat(rpc.audience()).isEqualTo(textOf(members.get("audience")));
    assertEventIsWhole(text, tree);
  }

  private static @Nullable Object textOf(@Nullable Object value) {
    return value instanceof String ? value : null;
  }

  private static void assertEventIsWhole(String text, Map<String, Object> tree) {
    String event = Messages.text(EventEncoder.rpc(text, 1, 0), "ML51L");
    Map<String, Object> read = Vectors.asObject(Vectors.parse(event));
    assertThat(read.keySet()).containsExactly("rpc", "metadata");
    assertThat(read.get("rpc")).isEqualTo(tree);
  }
}
