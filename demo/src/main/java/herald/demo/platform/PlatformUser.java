package herald.demo.platform;

/**
 * An account of the platform.
 *
 * @param userId positive
 * @param handle unique name
 * @param wallet lower-case address with 0x; several accounts may share it
 */
public record PlatformUser(int userId, String handle, String wallet) {}
