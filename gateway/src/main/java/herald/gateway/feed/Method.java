package herald.gateway.feed;

/** What an rpc does, as far as the gateway tells one from another. */
enum Method {
  CHAT_MESSAGE("chat.message"),
  CHAT_REACT("chat.react"),
  CHAT_BLAST("chat.blast"),
  CHAT_CREATE("chat.create"),
  CHAT_READ("chat.read"),
  CHAT_DELETE("chat.delete"),
  CHAT_PERMIT("chat.permit"),
  CHAT_BLOCK("chat.block"),
  CHAT_UNBLOCK("chat.unblock"),
  CHAT_INVITE("chat.invite"),
  VALIDATE_CAN_CHAT("user.validate_can_chat"),
  UNKNOWN("");

  private final String text;

  Method(String text) {
    this.text = text;
  }

  /** As clients write it; empty for what is none of these. */
  String text() {
    return text;
  }

  static Method of(String text) {
    for (Method method : values()) {
      if (method != UNKNOWN && method.text.equals(text)) {
        return method;
      }
    }
    return UNKNOWN;
  }
}
