/**
 * What to tell people about poisoned data that were found.
 *
 * <pre>{@code
 * ModelState before = new ModelState("filter-1", accuracy, Optional.of(success));
 * ModelState after = new ModelState("filter-2", accuracyAfter, Optional.of(successAfter));
 * Incident incident =
 *     Incident.of("Spam passes", Kind.BACKDOOR, run)
 *         .withFindings(Finding.of("deep k-NN", suspicion))
 *         .withBefore(before)
 *         .withAfter(after);
 * incident.actions().forEach(action -> printed.add(action.what()));
 * incident.unknowns().forEach(printed::add);
 * IncidentReport.write(incident, folder);
 * }</pre>
 *
 * <p>{@link io.gauntlet.defenses.incident.Incident#of} reads the folder that a {@link
 * io.gauntlet.defenses.sanitize.Pipeline} left: sources, what each stage quarantined, drift, and
 * the rows that may be poisoned. Detectors add what they came to, part by part, with those parts
 * that they could not judge; {@link io.gauntlet.defenses.incident.ModelState} says what the model
 * did before and after. From these follow the actions and the unknowns: an action names the numbers
 * that it is because of, and where nothing was found there is none.
 *
 * <p>A {@link io.gauntlet.defenses.incident.Kind} carries the ids of MITRE ATLAS, of OWASP's ten
 * risks of machine learning and of NIST's taxonomy.
 */
@NullMarked
package io.gauntlet.defenses.incident;

import org.jspecify.annotations.NullMarked;
