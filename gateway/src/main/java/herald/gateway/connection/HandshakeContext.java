package herald.gateway.connection;

import herald.gateway.admission.Admission;
import herald.gateway.admission.ForwardedFor;
import herald.gateway.admission.OriginPolicy;
import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.HandshakeSettings;
import herald.protocol.SignedRequest;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * What all handshakes of a server share.
 *
 * @param clock the wall clock that signed timestamps are measured by
 * @param authenticator finds the user; called on event loops, so it must not block
 */
record HandshakeContext(
    HandshakeSettings settings,
    InstantSource clock,
    BiFunction<SignedRequest, byte[], CompletionStage<AuthOutcome>> authenticator,
    Admission admission,
    ForwardedFor forwardedFor,
    OriginPolicy origins,
    RejectionTracker rejections) {}
