/**
 * What people and programs see of a report.
 *
 * <table><caption>Forms</caption>
 * <tr><th>class</th><th>for</th></tr>
 * <tr><td>{@link io.gauntlet.report.TextReport}</td><td>the console: a table and its doubts</td></tr>
 * <tr><td>{@link io.gauntlet.report.JsonReport}</td><td>programs: every example, stable
 * names</td></tr>
 * <tr><td>{@link io.gauntlet.report.ImageGrid}</td><td>eyes: clean, adversarial, and the magnified
 * difference</td></tr>
 * <tr><td>{@link io.gauntlet.report.CurvePlot}</td><td>eyes: robust accuracy against epsilon, several
 * reports in one picture</td></tr>
 * </table>
 */
@NullMarked
package io.gauntlet.report;

import org.jspecify.annotations.NullMarked;
