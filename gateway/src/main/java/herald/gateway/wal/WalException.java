package herald.gateway.wal;

/** The log can't be read as the server is set up; the message is one sentence for an operator. */
public final class WalException extends Exception {
  private static final long serialVersionUID = 1L;

  WalException(String sentence) {
    super(sentence);
  }
}
