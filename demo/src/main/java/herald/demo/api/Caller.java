package herald.demo.api;

import herald.protocol.HashIds;

/**
 * Who has signed a request.
 *
 * @param userId the user acted for
 * @param wallet lower case, with 0x
 */
record Caller(int userId, String wallet) {
  /** The user id as clients know it. */
  String hashId() {
    return HashIds.encode(userId);
  }
}
