package herald.gateway.faults;

import herald.demo.api.SignedRpcs;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;

/**
 * Texts that mean one thing to the API server and another to a plain reader, and operations that
 * change nothing: each is signed, applied as the API server does, and committed. One thread.
 */
final class SignedPoison {
  /** Longer than clocks are apart. */
  private static final Duration LONG_AGO = Duration.ofHours(3);

  private static final List<String> MESSAGES =
      List.of(
          "",
          "plain",
          "\\\"quoted\\\\",
          "line\\nend",
          "\\u00e9\u00e9",
          "\\ud83d\\ude00",
          "\\ud800");

  private static final List<String> JUNK =
      List.of("", "\"x\":[1,{\"chat_id\":\"x\"}],", "\"parent_message_id\":null,", "\"y\":1e9,");

  private final Platform platform;
  private final SignedRpcs signed;
  private final Recent recent;
  private final Random random;

  SignedPoison(Platform platform, Recent recent, Random random) {
    this.platform = platform;
    signed = new SignedRpcs(platform);
    this.recent = recent;
    this.random = random;
  }

  /**
   * Applies one of any kind.
   *
   * @param signer a member of the chat
   * @param othersChat a chat that the text pretends to be about
   * @return whether it was committed
   */
  boolean apply(PlatformUser signer, String chatId, String othersChat, PlatformUser artist)
      throws SQLException {
    String messageId = recent.messageIn(chatId);
    String blastId = recent.blast();
    return switch (random.nextInt(6)) {
      case 0 -> apply(signer, message(decoy("chat_id", othersChat) + member("chat_id", chatId)));
      case 1 -> apply(signer, message(member("chat_id", chatId)));
      case 2 -> apply(signer, anotherMethod(chatId, othersChat));
      case 3 ->
          messageId != null
              && apply(
                  signer,
                  react(decoy("chat_id", othersChat) + member("chat_id", chatId), messageId));
      case 4 ->
          messageId != null
              && signed
                  .apply(
                      signer,
                      react(member("chat_id", chatId), messageId),
                      platform.now().minus(LONG_AGO))
                  .isPresent();
      default ->
          blastId != null
              && apply(
                  random.nextBoolean() ? artist : signer,
                  object(
                      member("method", "chat.blast")
                          + params(
                              member("blast_id", blastId)
                                  + member("audience", "follower_audience")
                                  + member("message", "again"))));
    };
  }

  private boolean apply(PlatformUser signer, String text) throws SQLException {
    return signed.apply(signer, text).isPresent();
  }

  private String message(String chat) {
    String text = MESSAGES.get(random.nextInt(MESSAGES.size()));
    return object(
        member("method", "chat.message")
            + params(
                chat
                    + member("message_id", UUID.randomUUID().toString())
                    + JUNK.get(random.nextInt(JUNK.size()))
                    + (random.nextBoolean() ? "\"is_plaintext\":true," : "")
                    + member("message", text)));
  }

  private String react(String chat, String messageId) {
    return object(
        params(chat + member("message_id", messageId) + member("reaction", recent.nextReaction()))
            + member("method", "chat.react"));
  }

  /** To a plain reader it is a message or a reaction; nothing of it is stored. */
  private String anotherMethod(String chatId, String othersChat) {
    String messageId = recent.messageIn(othersChat);
    boolean isMessage = messageId == null || random.nextBoolean();
    String id = messageId == null || isMessage ? UUID.randomUUID().toString() : messageId;
    return object(
        decoy("method", isMessage ? "chat.message" : "chat.react")
            + member("method", random.nextBoolean() ? "chat.read" : "x")
            + params(
                decoy("chat_id", othersChat)
                    + member("chat_id", chatId)
                    + member("message_id", id)
                    + member(isMessage ? "message" : "reaction", "not stored")));
  }

  private static String object(String members) {
    return "{" + members + "\"timestamp\":1}";
  }

  private String params(String members) {
    return "\"" + inAnyCase("params") + "\":{" + members + "\"z\":0},";
  }

  /** The exact name, which a plain reader takes; another one has to follow. */
  private static String decoy(String name, String value) {
    return "\"" + name + "\":\"" + value + "\",";
  }

  private String member(String name, String value) {
    return "\"" + inAnyCase(name) + "\":\"" + value + "\",";
  }

  /** Some letters as capitals, or one for which Go takes another for the same. */
  private String inAnyCase(String name) {
    return switch (random.nextInt(4)) {
      case 0 -> name;
      case 1 -> name.toUpperCase(Locale.ROOT);
      case 2 -> name.replace('s', '\u017f');
      default -> {
        StringBuilder any = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
          char c = name.charAt(i);
          any.append(random.nextBoolean() ? Character.toUpperCase(c) : c);
        }
        yield any.toString();
      }
    };
  }
}
