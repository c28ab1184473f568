package herald.gateway.ops;

import java.util.List;

/**
 * What the instance has of one user.
 *
 * @param connections the open ones, as far as their event loops have answered; bounded
 * @param notShown how many more are open
 * @param isRemembered whether the position of an ended connection is remembered
 * @param firstPosition of the oldest event in the log
 * @param nextPosition the one that the next event of the log will get
 */
public record UserStatus(
    List<UserConnection> connections,
    int notShown,
    boolean isRemembered,
    long firstPosition,
    long nextPosition) {}
