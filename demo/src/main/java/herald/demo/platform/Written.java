package herald.demo.platform;

/**
 * What an operation wrote into its transaction.
 *
 * @param sig key of the rpc log
 * @param subjectId the message, blast or chat that the operation is about; empty where there is
 *     none
 */
public record Written(String sig, String subjectId) {}
