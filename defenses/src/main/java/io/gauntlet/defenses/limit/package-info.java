/**
 * Query budgets: how much may be asked, by whom, in which time.
 *
 * <table><caption>Which limit holds whom</caption>
 * <tr><th>limit</th><th>set by</th><th>holds</th><th>undone by</th></tr>
 * <tr><td>windows of a client</td><td>{@link io.gauntlet.defenses.limit.Limits#perClient()}</td>
 * <td>a thief in a hurry</td><td>patience</td></tr>
 * <tr><td>lifetime of a client</td><td>{@link io.gauntlet.defenses.limit.Limits#lifetime()}</td>
 * <td>a patient thief</td><td>a new identity</td></tr>
 * <tr><td>windows of everybody</td><td>{@link io.gauntlet.defenses.limit.Limits#everybody()}</td>
 * <td>a thief with many names</td><td>patience; and it stops the honest as well</td></tr>
 * <tr><td>quarantine</td><td>{@link io.gauntlet.defenses.limit.Quarantine}</td><td>whom a monitor
 * suspects</td><td>a new identity with other manners</td></tr>
 * </table>
 *
 * <p>{@link io.gauntlet.defenses.limit.QueryLimiter} holds all of them at once, on Bucket4j.
 */
@NullMarked
package io.gauntlet.defenses.limit;

import org.jspecify.annotations.NullMarked;
