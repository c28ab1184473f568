package herald.demo.api;

/** A request that is not carried out. The message goes to the client as the reason. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;

  private RefusedException(int status, String reason) {
    super(reason, null, false, false);
    this.status = status;
  }

  /** The request is wrong, or its sender may not do this. */
  static RefusedException badRequest(String reason) {
    return new RefusedException(400, reason);
  }

  /** There is no such thing, or not for this caller. */
  static RefusedException notFound(String reason) {
    return new RefusedException(404, reason);
  }

  /** The HTTP status. */
  int status() {
    return status;
  }
}
