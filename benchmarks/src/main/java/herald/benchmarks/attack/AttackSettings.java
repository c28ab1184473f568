package herald.benchmarks.attack;

/**
 * What attackers do.
 *
 * @param port of a gateway on 127.0.0.1
 * @param silent sockets that are open and say nothing; one that is closed is opened again
 * @param badSignatures handshakes per second that are well-formed and signed by nobody
 */
public record AttackSettings(int port, int silent, int badSignatures) {}
