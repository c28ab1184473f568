/**
 * Who may come in, before anything dear is done: where a client really comes from ({@link
 * herald.gateway.admission.ClientAddress}, {@link herald.gateway.admission.ForwardedFor}), how many
 * of an address, of a user and in all ({@link herald.gateway.admission.Admission}), how fast
 * ({@link herald.gateway.admission.Rate}), and from which pages ({@link
 * herald.gateway.admission.OriginPolicy}). Knows no channel.
 */
@NullMarked
package herald.gateway.admission;

import org.jspecify.annotations.NullMarked;
