/**
 * Guards in front of a model, against thieves who copy it by asking.
 *
 * <table><caption>What stands in front of the model</caption>
 * <tr><th>stage</th><th>may</th><th>where</th></tr>
 * <tr><td>{@link io.gauntlet.defenses.Admission}</td><td>refuse a query before the model is
 * asked</td><td>{@code io.gauntlet.defenses.limit}</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.Monitor}</td><td>raise an alarm</td><td>{@code
 * io.gauntlet.defenses.monitor}</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.OutputGuard}</td><td>change the probabilities that
 * leave</td><td>{@code io.gauntlet.defenses.postprocess}</td></tr>
 * </table>
 *
 * <p>After a theft, {@code io.gauntlet.defenses.ownership} tells whether a suspect is a copy.
 *
 * <p>{@link io.gauntlet.defenses.GuardedModel} puts them in order and lets clients ask. No guard
 * keeps a patient thief from copying a model; each makes the copy dearer, worse, or noticed. What
 * an adaptive thief undoes stands in each guard's documentation.
 *
 * <p>Where a framework's handler asks the model, the guards stand in a filter of it: a {@code
 * jakarta.servlet.Filter}, Spring's {@code HandlerInterceptor} or Micronaut's {@code
 * HttpServerFilter} has the client's name, reads the inputs, and goes both ways through a {@link
 * io.gauntlet.defenses.Passage}:
 *
 * <pre>{@code
 * Passage passage = guarded.enter(client, inputs);
 * Reply refusal = passage.refusal().orElse(null);
 * if (refusal instanceof Reply.Limited limited) {
 *   response.setStatus(429);
 *   limited.retryAfterSeconds().ifPresent(s -> response.setHeader("Retry-After", s.toString()));
 * } else if (refusal instanceof Reply.Invalid) {
 *   response.setStatus(400);
 * } else {
 *   try {
 *     Reply reply = passage.leave(handler.apply(inputs));
 *     if (reply instanceof Reply.Answered answered) {
 *       response.setBody(answered.probabilities());
 *     } else {
 *       response.setStatus(500);
 *     }
 *   } catch (RuntimeException e) {
 *     passage.fail(e); // the client is not charged
 *     throw e;
 *   }
 * }
 * }</pre>
 *
 * <p>What stands in front of the training is in {@code io.gauntlet.defenses.sanitize}: a pipeline
 * of checks that quarantines rows with reasons.
 */
@NullMarked
package io.gauntlet.defenses;

import org.jspecify.annotations.NullMarked;
