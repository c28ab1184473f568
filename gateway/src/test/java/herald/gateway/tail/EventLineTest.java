package herald.gateway.tail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class EventLineTest {
  private static final String METADATA =
      "\"metadata\":{\"receiverUserId\":\"ML51L\",\"senderUserId\":\"7eP5n\","
          + "\"timestamp\":\"2025-09-05T16:37:00.123456Z\",\"userId\":\"7eP5n\"}}";

  @Test
  void aMessageIsOneLine() {
    String event =
        "{\"rpc\":{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"7eP5n:ML51L\","
            + "\"message_id\":\"m1\",\"message\":\"hello\\nthere\"},\"timestamp\":17},"
            + METADATA;

    assertThat(EventLine.of(event))
        .isEqualTo(
            "2025-09-05T16:37:00.123456Z  chat.message  from 7eP5n    chat 7eP5n:ML51L"
                + "  message m1  \"hello\uFFFDthere\"");
    assertThat(EventLine.parse(event).place()).isEqualTo("2025-09-05T16:37:00.123456Z");
  }

  /** The id and the time are the event's, whatever its signer says, and wherever they stand. */
  @Test
  void theIdIsShownAndIsThePlace() {
    String rpc =
        "\"rpc\":{\"id\":1,\"method\":\"chat.message\",\"params\":{\"id\":\"2\",\"timestamp\":\"3\","
            + "\"message_id\":\"m1\",\"message\":\"hello\"}}";
    String metadata = METADATA.replace("{\"receiver", "{\"id\":\"Bj4Q\",\"receiver");
    for (String event :
        new String[] {
          "{" + rpc + "," + metadata,
          "{" + metadata.substring(0, metadata.length() - 1) + "," + rpc + "}"
        }) {
      assertThat(EventLine.of(event))
          .isEqualTo(
              "2025-09-05T16:37:00.123456Z  chat.message  from 7eP5n    message m1  id Bj4Q"
                  + "  \"hello\"");
      assertThat(EventLine.parse(event).place()).isEqualTo("Bj4Q");
    }
  }

  @Test
  void whatATerminalWouldObeyIsTakenOut() {
    String event =
        "{\"rpc\":{\"method\":\"chat.message\",\"params\":{\"message\":\"\\u001b[2J\\u009b\"}},"
            + METADATA;

    assertThat(EventLine.of(event)).endsWith("\"\uFFFD[2J\uFFFD\"").doesNotContain("\u001b");
    assertThat(EventLine.of("no \u0007 json")).isEqualTo("no \uFFFD json");
  }

  @Test
  void aGapIsSaid() {
    String event =
        "{\"rpc\":{\"method\":\"gateway.gap\",\"params\":{\"from\":\"a\",\"to\":\"b\"}},"
            + METADATA;

    assertThat(EventLine.of(event)).isEqualTo("-- GAP: events from a to b may be missing");
    assertThat(EventLine.parse(event).isGap()).isTrue();
  }

  @Test
  void aLongTextIsCut() {
    String event =
        "{\"rpc\":{\"method\":\"chat.blast\",\"params\":{\"message\":\""
            + "x".repeat(500)
            + "\"}},"
            + METADATA;

    assertThat(EventLine.of(event)).hasSizeLessThan(200).endsWith("x\u2026\"");
  }
}
