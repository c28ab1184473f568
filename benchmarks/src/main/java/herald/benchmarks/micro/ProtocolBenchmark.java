package herald.benchmarks.micro;

import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import herald.protocol.HashIds;
import herald.protocol.ParsedRpc;
import herald.protocol.RpcParser;
import herald.protocol.SignedRequest;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reading requests and rpc logs, and encoding events. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ProtocolBenchmark {
  private static final String QUERY =
      "timestamp=1795492500310&signature=RFP7TtM2QV4wjmgLnEDkA1ICdJGvNbKeuMUHWgRHUpc1Ok7mq%2FcHJm"
          + "NWrAK06M5GWNhij9qxa3YjvJrBEDKznQE%3D";
  private static final String RPC =
      "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"7eP5n:ML51L\",\"message_id\":"
          + "\"0f8fad5b-d9cb-469f-a165-70867728950e\",\"message\":\""
          + "aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8g".repeat(3)
          + "\"},\"current_user_id\":\"7eP5n\",\"timestamp\":1757090220123}";

  /** The canonical request of a connecting client. */
  @Benchmark
  public String canonicalRequest() throws Exception {
    return SignedRequest.parse("/comms/chats/ws", QUERY).canonical();
  }

  /** A user's hash id. */
  @Benchmark
  public String hashId() {
    return HashIds.encode(7_654_321);
  }

  /** What the gateway needs of an rpc. */
  @Benchmark
  public ParsedRpc parseRpc() throws Exception {
    return RpcParser.parse(RPC);
  }

  /** One event, once for all its receivers. */
  @Benchmark
  public EncodedEvent encodeEvent() {
    return EventEncoder.rpc(
        EventId.of("sig", 1_757_090_220_123_456L), RPC, 7_654_321, 1_757_090_220_123_456L);
  }
}
