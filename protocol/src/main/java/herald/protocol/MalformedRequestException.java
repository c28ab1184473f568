package herald.protocol;

/** A request that can't be read. The message is a fixed reason and holds nothing of the input. */
public final class MalformedRequestException extends Exception {
  private static final long serialVersionUID = 1;

  MalformedRequestException(String reason) {
    super(reason, null, false, false);
  }
}
