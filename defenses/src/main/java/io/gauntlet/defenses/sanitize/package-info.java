/**
 * Training data, checked before anything is trained on them.
 *
 * <pre>{@code
 * Schema schema =
 *     Schema.of(Column.category("label", "ham", "spam"), Column.text("message", 1_000));
 * Source mails = Source.of(Path.of("mails.csv"), Format.csv());
 * IngestionReport report =
 *     Pipeline.of(
 *             schema,
 *             ExactDuplicates.of(schema, "label"),
 *             NearDuplicateTexts.standard("message", Seed.of(1)))
 *         .run(List.of(mails), Path.of("run"));
 * System.out.println(report);
 * }</pre>
 *
 * <table><caption>Stages, in an order that makes sense</caption>
 * <tr><th>stage</th><th>quarantines</th><th>memory</th></tr>
 * <tr><td>{@code read}, always first</td><td>what is no row: {@code encoding}, {@code nul}, {@code
 * control}, {@code too-long}, {@code columns}, {@code quote}, {@code json}, {@code nested}, {@code
 * duplicate-key}, {@code empty}, {@code header}, {@code truncated}</td><td>one row</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.sanitize.TrustedSources}</td><td>sources that a signed
 * manifest does not know, or knows otherwise</td><td>the manifest</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.sanitize.Schema}</td><td>wrong columns, types, ranges,
 * classes, lengths; formulas</td><td>none</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.sanitize.ExactDuplicates}</td><td>repeated rows, and repeats
 * under another label</td><td>rows remembered</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.sanitize.NearDuplicateTexts}</td><td>texts that resemble
 * earlier ones</td><td>sketches remembered</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.sanitize.NearDuplicateVectors}</td><td>numbers close to
 * earlier ones</td><td>vectors remembered</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.sanitize.Drift}</td><td>nothing, or sources distributed unlike
 * a trusted baseline</td><td>a sample of each source</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.sanitize.Outliers}</td><td>rows apart from the baseline, at a
 * stated rate of false alarms</td><td>the forest</td></tr>
 * <tr><td>{@link io.gauntlet.defenses.sanitize.PoisonScreen}</td><td>what a detector of poisoned
 * data suspects</td><td>features of all rows</td></tr>
 * <tr><td>a {@link io.gauntlet.defenses.sanitize.Stage} of yours</td><td>what you like</td><td>as
 * you like</td></tr>
 * </table>
 *
 * <p>Nothing is dropped silently: a row that was read is either in a file of accepted rows, or in
 * quarantine with source, line, stage, rule and detail, and {@link
 * io.gauntlet.defenses.sanitize.IngestionReport} refuses an account that does not add up. Whatever
 * is wrong <em>in</em> the data is a reason; exceptions are for files that cannot be read ({@link
 * io.gauntlet.data.DataException}), for settings out of range and runs resumed with others ({@link
 * java.lang.IllegalArgumentException}), and for a folder where another run is at work ({@link
 * java.lang.IllegalStateException}).
 */
@NullMarked
package io.gauntlet.defenses.sanitize;

import org.jspecify.annotations.NullMarked;
