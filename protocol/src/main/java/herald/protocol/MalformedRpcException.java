package herald.protocol;

/** An rpc log that can't be read. The message is a fixed reason and holds nothing of the input. */
public final class MalformedRpcException extends Exception {
  private static final long serialVersionUID = 1;

  MalformedRpcException(String reason) {
    super(reason, null, false, false);
  }
}
