package herald.gateway.connection;

import herald.gateway.admission.Admission;
import herald.gateway.admission.ForwardedFor;
import herald.gateway.admission.OriginPolicy;
import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.device.DeviceCookie;
import herald.protocol.SignedRequest;
import io.netty.handler.codec.http.HttpRequest;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * What all handshakes of a server share.
 *
 * @param clock the wall clock to which signed timestamps are compared
 * @param authenticator finds the user; called on event loops, so it must not block
 */
record HandshakeContext(
    HandshakeSettings settings,
    InstantSource clock,
    BiFunction<SignedRequest, byte[], CompletionStage<AuthOutcome>> authenticator,
    Admission admission,
    ForwardedFor forwardedFor,
    OriginPolicy origins,
    DeviceCookie devices,
    RejectionTracker rejections) {

  /** Reads a request whose headers have been decoded within their bounds. */
  UpgradeRequest read(HttpRequest request) throws UpgradeRequest.RejectedException {
    return UpgradeRequest.read(request, settings, origins, clock.millis());
  }

  /** Finds the user who has signed the request. */
  CompletionStage<AuthOutcome> authenticate(UpgradeRequest request) {
    return authenticator.apply(request.request(), request.signature());
  }
}
