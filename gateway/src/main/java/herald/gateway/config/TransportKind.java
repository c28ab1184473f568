package herald.gateway.config;

/** How sockets are driven. */
public enum TransportKind {
  /** The best that this machine has, epoll before NIO. */
  AUTO,
  /** Linux's epoll, edge-triggered, through Netty's native library. */
  EPOLL,
  /** Linux's io_uring, through Netty's native library. */
  IO_URING,
  /** Java's own selector: everywhere. */
  NIO
}
