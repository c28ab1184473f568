package herald.gateway.stored;

import herald.demo.platform.PlatformUser;
import herald.gateway.stored.JsonTexts.Field;
import herald.protocol.HashIds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Random texts that users might sign: what an honest client signs, and from there on with names in
 * other cases, members that repeat, are absent, null, of other types or unknown to anybody, chats
 * of others and ids that are taken. Not thread safe.
 */
final class SignedTexts {
  private static final String[] AUDIENCES = {
    "follower_audience",
    "follower_audience",
    "follower_audience",
    "tipper_audience",
    "customer_audience",
    "remixer_audience",
    "nobody"
  };
  private static final String[] METHODS = {
    "chat.message", "chat.react", "chat.blast", "chat.read", "chat.delete", "chat.create"
  };
  private static final String[] UNKNOWN_METHODS = {
    "chat.dance",
    "",
    "user.validate_can_chat",
    "chat.invite",
    "CHAT.MESSAGE",
    "chat.message ",
    "internal.x"
  };
  private static final String[] PERMITS = {"all", "followees", "followers", "none", "verified"};
  private static final String[] PIECES = {
    "aGVsbG8=",
    "x",
    " ",
    "\"",
    "\\",
    "/",
    "\n",
    "<b>&</b>",
    "\u00e9",
    "\ud83c\udfb5",
    "\u2028",
    "\u0001",
    "\u007f",
    "{\"chat_id\":\"",
    "]"
  };

  private final Random random;
  private final People people;
  private final JsonTexts json;
  private final List<String> chatIds;
  private final List<Message> messages = new ArrayList<>();
  private final List<String> blastIds = new ArrayList<>();
  private int ids;

  SignedTexts(Random random, People people) {
    this.random = random;
    this.people = people;
    json = new JsonTexts(random);
    chatIds = new ArrayList<>(people.chats().keySet());
  }

  /**
   * A text, who signs it, and how old it is when the server applies it.
   *
   * @param lateMillis how long ago it was received
   */
  record SignedText(PlatformUser signer, String text, long lateMillis) {}

  private record Message(String id, String chatId) {}

  SignedText next() {
    PlatformUser signer = json.any(people.users());
    String method = method();
    List<Field> params = params(method, signer);
    List<Field> rpc = new ArrayList<>();
    rpc.add(new Field("method", json.string(method)));
    if (json.chance(12)) {
      rpc.add(new Field("params", json.chance(40) ? json.junk() : object(params(method, signer))));
    }
    rpc.add(new Field("params", object(params)));
    if (json.chance(60)) {
      rpc.add(new Field("current_user_id", currentUserId(signer)));
    }
    if (json.chance(90)) {
      rpc.add(new Field("timestamp", json.chance(2) ? json.junk() : "1757090220123"));
    }
    String text = object(rpc);
    if (json.chance(2)) {
      text = json.chance(50) ? text.substring(0, random.nextInt(text.length())) : "[" + text + "]";
    }
    boolean isLate = json.chance(method.equals("chat.react") ? 25 : 5);
    return new SignedText(signer, text, isLate ? random.nextInt(20_000) : 0);
  }

  private String method() {
    int percent = random.nextInt(100);
    if (percent < 45) {
      return "chat.message";
    }
    if (percent < 68) {
      return "chat.react";
    }
    if (percent < 82) {
      return "chat.blast";
    }
    if (percent < 86) {
      return "chat.create";
    }
    if (percent < 90) {
      return json.chance(50) ? "chat.read" : "chat.delete";
    }
    if (percent < 95) {
      return json.any(new String[] {"chat.permit", "chat.block", "chat.unblock", "chat.unblock"});
    }
    return json.any(UNKNOWN_METHODS);
  }

  private List<Field> params(String method, PlatformUser signer) {
    List<Field> params = new ArrayList<>();
    String chatId = chatId(signer);
    switch (method) {
      case "chat.message" -> {
        Message message = new Message(messageId(), chatId);
        messages.add(message);
        params.add(new Field("chat_id", json.string(chatId)));
        params.add(new Field("message_id", json.string(message.id)));
        params.add(new Field("message", text()));
        if (json.chance(30)) {
          params.add(new Field("is_plaintext", json.chance(50) ? "true" : "null"));
        }
      }
      case "chat.react" -> {
        Message message = messages.isEmpty() ? new Message("m", chatId) : json.any(messages);
        params.add(new Field("chat_id", json.string(json.chance(80) ? message.chatId : chatId)));
        params.add(new Field("message_id", json.string(message.id)));
        params.add(new Field("reaction", json.chance(25) ? "null" : text()));
      }
      case "chat.blast" -> {
        params.add(new Field("blast_id", json.string(blastId())));
        params.add(new Field("audience", json.string(json.any(AUDIENCES))));
        params.add(new Field("message", text()));
        if (json.chance(30)) {
          String contentId = json.chance(70) ? HashIds.encode(1 + random.nextInt(2)) : "no id";
          params.add(new Field("audience_content_id", json.string(contentId)));
          params.add(new Field("audience_content_type", json.chance(70) ? "\"track\"" : text()));
        }
      }
      case "chat.create" -> create(params, signer);
      case "chat.permit" -> {
        params.add(new Field("permit", json.string(json.any(PERMITS))));
        params.add(new Field("permit_list", "[" + json.string(json.any(PERMITS)) + "]"));
        params.add(new Field("allow", json.chance(50) ? "true" : "null"));
      }
      case "chat.block", "chat.unblock" ->
          params.add(new Field("user_id", json.string(hashId(json.any(people.users())))));
      default -> params.add(new Field("chat_id", json.string(chatId)));
    }
    return params;
  }

  private void create(List<Field> params, PlatformUser signer) {
    PlatformUser other = json.any(people.users());
    List<String> members = new ArrayList<>(List.of(hashId(signer), hashId(other)));
    Collections.sort(members);
    params.add(new Field("chat_id", json.string(String.join(":", members))));
    List<String> invites = new ArrayList<>();
    for (String member : members) {
      invites.add(
          json.object(
              List.of(
                  new Field(json.sameName("user_id"), json.string(member)),
                  new Field(json.sameName("invite_code"), text()))));
    }
    params.add(new Field("invites", "[" + String.join(",", invites) + "]"));
  }

  /** Mostly a chat of the signer. */
  private String chatId(PlatformUser signer) {
    if (json.chance(5)) {
      return json.chance(50) ? "" : "nowhere";
    }
    String chatId = json.any(chatIds);
    while (json.chance(85) && !people.chats().getOrDefault(chatId, List.of()).contains(signer)) {
      chatId = json.any(chatIds);
    }
    return chatId;
  }

  /** Mostly a new one; now and then one that is taken, or that a blast would take. */
  private String messageId() {
    if (json.chance(6) && !messages.isEmpty()) {
      return json.any(messages).id;
    }
    String id = "m" + ++ids;
    return json.chance(4) ? "b" + (ids + 1 + random.nextInt(3)) + json.any(chatIds) : id;
  }

  private String blastId() {
    if (json.chance(25) && !blastIds.isEmpty()) {
      return json.any(blastIds);
    }
    String id = "b" + ++ids;
    blastIds.add(id);
    return id;
  }

  private String currentUserId(PlatformUser signer) {
    return switch (random.nextInt(10)) {
      case 0 -> json.string(String.valueOf(signer.userId()));
      case 1 -> json.string(hashId(json.any(people.users())));
      case 2 -> json.string(hashId(people.secondAccount()));
      case 3 -> json.string("+0" + people.secondAccount().userId());
      case 4 -> json.any(new String[] {"null", "\"\"", "\"!\"", "\"-1\"", "\"0\""});
      default -> json.string(hashId(signer));
    };
  }

  private static String hashId(PlatformUser user) {
    return HashIds.encode(user.userId());
  }

  /** A text in quotes. */
  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(json.any(PIECES));
    }
    String string = json.string(text.toString());
    if (json.chance(4)) {
      string = string.substring(0, string.length() - 1) + "\\udc00 \\ud83c\"";
    }
    return json.chance(2) ? string.substring(0, string.length() - 1) + "\\u0000\"" : string;
  }

  /** These members, now and then not all, and with others that may count instead. */
  private String object(List<Field> fields) {
    List<Field> members = new ArrayList<>();
    for (Field field : fields) {
      if (!json.chance(4)) {
        members.add(new Field(json.sameName(field.name()), field.value()));
      }
      if (json.chance(16)) {
        int place = json.chance(50) ? members.size() : random.nextInt(members.size() + 1);
        members.add(place, new Field(json.sameName(field.name()), otherValue(field)));
      }
    }
    while (json.chance(25)) {
      String name = fields.isEmpty() ? "chat_id" : json.any(fields).name();
      int place = random.nextInt(members.size() + 1);
      members.add(place, new Field(json.otherName(name), json.junk()));
    }
    return json.object(members);
  }

  private String otherValue(Field field) {
    if (json.chance(25)) {
      return "null";
    }
    if (json.chance(6)) {
      return json.junk();
    }
    return switch (field.name()) {
      case "method" -> json.string(json.any(METHODS));
      case "chat_id" -> json.string(json.any(chatIds));
      case "message_id" -> json.string(messages.isEmpty() ? "m" : json.any(messages).id);
      case "params", "invites", "permit_list", "timestamp", "is_plaintext", "allow" ->
          field.value();
      case "current_user_id" -> json.string(hashId(json.any(people.users())));
      default -> text();
    };
  }
}
